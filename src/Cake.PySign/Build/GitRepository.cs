using System.Globalization;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>A repository's work tree, and what git says of it. It is only ever read.</summary>
internal sealed class GitRepository
{
    public const string FolderName = ".git";

    private Task<IReadOnlyList<string>>? _status;
    private Task<DateTimeOffset?>? _commitTime;
    private Task<ChildProcessResult>? _refs;
    private Task<ChildProcessResult>? _configuration;
    private Task<IReadOnlyList<string>>? _outside;

    private GitRepository(GitProgram git, IReadOnlyList<string> answer, DirectoryPath asked)
    {
        Git = git;
        Root = answer[0];
        Prefix = answer[1].TrimEnd('/');
        GitDir = IoPath.GetFullPath(answer[2], asked.FullPath);
        CommonDir = IoPath.GetFullPath(answer[3], asked.FullPath);
        IsShallow = answer[4] == "true";
    }

    public GitProgram Git { get; }

    /// <summary>The top of the work tree, behind all links.</summary>
    public DirectoryPath Root { get; }

    /// <summary>The asked folder below <see cref="Root"/>, with forward slashes; empty at the top.</summary>
    public string Prefix { get; }

    /// <summary>What belongs to this work tree alone: HEAD and the index.</summary>
    public string GitDir { get; }

    /// <summary>What all work trees of the repository share: objects, refs and configuration.</summary>
    public string CommonDir { get; }

    /// <summary>Whether older commits were not fetched.</summary>
    public bool IsShallow { get; }

    /// <summary>Whether a folder, or one above it, says that it is in a work tree.</summary>
    public static bool Marks(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
        {
            if (IoPath.Exists(IoPath.Combine(current.FullName, FolderName)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks git about a folder.</summary>
    /// <returns>The repository, or git's own words why it reads none there.</returns>
    public static async Task<(GitRepository? Repository, string Problem)> OpenAsync(
        GitProgram git,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        var result = await git.ReadAsync(
                folder,
                ["rev-parse", "--show-toplevel", "--show-prefix", "--absolute-git-dir", "--git-common-dir", "--is-shallow-repository"],
                cancellationToken
            )
            .ConfigureAwait(false);
        var answer = result.Output.ToList();
        return result.ExitCode == 0 && answer.Count == 5
            ? (new GitRepository(git, answer, folder), "")
            : (null, string.Join(' ', result.Lines.Where(line => line.IsError).Select(line => line.Text.Trim())));
    }

    /// <summary>Asks at once for all that a copy of the work tree needs: git answers while Python is looked for.</summary>
    public void Ask(CancellationToken cancellationToken)
    {
        _ = StatusAsync(cancellationToken);
        _ = CommitTimeAsync(cancellationToken);
        _ = RefsAsync(cancellationToken);
        _ = ConfigurationAsync(cancellationToken);
        if (Prefix.Length > 0)
        {
            _ = OutsideAsync(cancellationToken);
        }
    }

    /// <summary>All refs as <c>packed-refs</c> has them.</summary>
    public Task<ChildProcessResult> RefsAsync(CancellationToken cancellationToken) =>
        _refs ??= Git.ReadAsync(Root, ["for-each-ref", "--format=%(objectname) %(refname)"], cancellationToken);

    /// <summary>The configuration that is in force, with the scope of each value.</summary>
    public Task<ChildProcessResult> ConfigurationAsync(CancellationToken cancellationToken) =>
        _configuration ??= Git.ReadAsync(Root, ["config", "--list", "--show-scope", "--includes", "-z"], cancellationToken);

    /// <summary>What the index has outside of the asked folder, as git prints it. Submodules count as one entry.</summary>
    public Task<IReadOnlyList<string>> OutsideAsync(CancellationToken cancellationToken) =>
        _outside ??= ListOutsideAsync(cancellationToken);

    private async Task<IReadOnlyList<string>> ListOutsideAsync(CancellationToken cancellationToken)
    {
        var result = await Git.ReadAsync(Root, ["ls-files", "--", ".", $":(exclude,top,literal){Prefix}"], cancellationToken)
            .ConfigureAwait(false);
        return result.ExitCode == 0 ? [.. result.Output.Where(line => line.Length > 0)] : throw NotListed(Root, result);
    }

    private static PySignException NotListed(DirectoryPath folder, ChildProcessResult result) =>
        new(PySignFailure.ToolFailed, $"git cannot list the files of '{folder}':{Environment.NewLine}{result.Tail()}");

    /// <summary>What is tracked below a folder of the work tree, submodules included.</summary>
    /// <exception cref="PySignException">A name is not UTF-8, which no distribution can carry.</exception>
    public async Task<IReadOnlyList<string>> TrackedAsync(DirectoryPath folder, CancellationToken cancellationToken)
    {
        var result = await Git.ReadAsync(folder, ["ls-files", "--recurse-submodules"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            result = await Git.ReadAsync(folder, ["ls-files"], cancellationToken).ConfigureAwait(false);
        }

        if (result.ExitCode != 0)
        {
            throw NotListed(folder, result);
        }

        var tracked = new List<string>();
        foreach (var printed in result.Output.Where(line => line.Length > 0))
        {
            tracked.Add(
                GitName.Read(printed)
                    ?? throw new PySignException(
                        PySignFailure.InvalidName,
                        $"The name of the tracked file {printed} is not UTF-8: it reads differently on every system, and archives of "
                            + "distributions hold UTF-8 names only.",
                        "Rename the file (git mv), or remove it from the repository."
                    )
            );
        }

        return tracked;
    }

    /// <summary>Those of some untracked paths that git ignores (git-check-ignore).</summary>
    /// <param name="folder">What the paths are relative to.</param>
    /// <param name="paths">Paths. One that git cannot judge, because it lies outside of the work tree, counts as not ignored.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IReadOnlySet<string>> IgnoredAsync(
        DirectoryPath folder,
        IReadOnlyList<string> paths,
        CancellationToken cancellationToken
    )
    {
        var ignored = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths.Where(path => IsInside(folder, path)))
        {
            _ = ignored.Add(path);
        }

        var result = await Git.WriteAsync(folder, ["check-ignore", "-z", "--stdin"], cancellationToken, string.Join('\0', ignored) + "\0")
            .ConfigureAwait(false);
        ignored.IntersectWith(result.ExitCode == 0 ? string.Join('\n', result.Output).Split('\0') : []);
        return ignored;
    }

    private bool IsInside(DirectoryPath folder, string path) =>
        IoPath.GetFullPath(IoPath.Combine(folder.FullPath, path)).StartsWith(Root.FullPath.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The time of the last commit, for reproducible archives; <see langword="null"/> before the first.</summary>
    public Task<DateTimeOffset?> CommitTimeAsync(CancellationToken cancellationToken) =>
        _commitTime ??= ReadCommitTimeAsync(cancellationToken);

    private async Task<DateTimeOffset?> ReadCommitTimeAsync(CancellationToken cancellationToken)
    {
        var result = await Git.ReadAsync(Root, ["log", "-1", "--format=%ct"], cancellationToken).ConfigureAwait(false);
        return
            result.ExitCode == 0
            && result.Output.FirstOrDefault() is { } line
            && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    /// <summary>The tag that describes HEAD, as back ends ask for it; <see langword="null"/> when no tag is reached from it.</summary>
    public async Task<string?> NearestTagAsync(CancellationToken cancellationToken)
    {
        var result = await Git.ReadAsync(Root, ["describe", "--tags", "--abbrev=0"], cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output.FirstOrDefault(line => line.Length > 0) : null;
    }

    /// <summary>Tracked files that are not as the last commit has them, one line a file.</summary>
    public Task<IReadOnlyList<string>> StatusAsync(CancellationToken cancellationToken) =>
        _status ??= StatusAsync(arguments => Git.ReadAsync(Root, arguments, cancellationToken));

    /// <summary>The same for a copy of the work tree, whose index is brought up to date by it.</summary>
    public Task<IReadOnlyList<string>> StatusAsync(DirectoryPath copy, CancellationToken cancellationToken) =>
        StatusAsync(arguments => Git.WriteAsync(copy, arguments, cancellationToken));

    private static async Task<IReadOnlyList<string>> StatusAsync(Func<IReadOnlyList<string>, Task<ChildProcessResult>> run)
    {
        List<string> arguments = ["status", "--porcelain=v1", "--untracked-files=no", "--no-renames"];
        var result = await run(arguments).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            // A submodule that belongs to another user is refused whatever its superproject was told.
            result = await run([.. arguments, "--ignore-submodules=all"]).ConfigureAwait(false);
        }

        return result.ExitCode == 0
            ? [.. result.Output.Where(line => line.Length > 3)]
            : throw new PySignException(
                PySignFailure.ToolFailed,
                $"git cannot say whether the work tree is as its last commit:{Environment.NewLine}{result.Tail()}"
            );
    }
}
