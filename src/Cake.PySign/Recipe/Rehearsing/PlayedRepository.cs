using System.Globalization;
using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// What the jobs of a rehearsal check out: the user's last commit, in a repository of our own that borrows the objects of theirs. Theirs
/// is read and nothing else: tags of the rehearsal, and a commit of what is not committed where that is asked for, are made here.
/// </summary>
internal sealed class PlayedRepository
{
    private const string Branch = "refs/heads/rehearsal";

    private static readonly string[] _author =
    [
        "-c",
        "user.name=PySign rehearsal",
        "-c",
        "user.email=rehearsal@localhost",
        "-c",
        "commit.gpgSign=false",
        "-c",
        "tag.gpgSign=false",
    ];

    private readonly GitProgram _git;
    private readonly DirectoryPath _store;

    private readonly PlayedSubmodules _submodules;

    private PlayedRepository(GitProgram git, DirectoryPath store, string root)
    {
        _git = git;
        _store = store;
        Root = root;
        _submodules = new PlayedSubmodules(git, root);
    }

    /// <summary>The top of the user's repository, or their folder where there is none.</summary>
    public string Root { get; }

    /// <summary>The commit that is played.</summary>
    public string Commit { get; private set; } = "";

    /// <summary>Where the repository comes from; <see langword="null"/> without a remote.</summary>
    public OwnRepository? Remote { get; private set; }

    /// <summary>What a person should know of what is played.</summary>
    public IReadOnlyList<string> Remarks { get; private set; } = [];

    /// <summary>Takes a picture of the repository.</summary>
    /// <param name="services">Programs and log.</param>
    /// <param name="request">What is to be played.</param>
    /// <param name="store">An empty folder for it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="PySignException">There is no git, or it fails.</exception>
    public static async Task<PlayedRepository> TakeAsync(
        Services services,
        PlayedSources request,
        DirectoryPath store,
        CancellationToken cancellationToken
    )
    {
        var git =
            GitProgram.Find(services.Processes, services.Environment)
            ?? throw new PySignException(
                PySignFailure.ToolNotFound,
                "git was not found on PATH: each job of a rehearsal checks the repository out, as a CI job does.",
                "Install git."
            );
        var (repository, _) = await GitRepository.OpenAsync(git, request.Project.FullPath, cancellationToken).ConfigureAwait(false);
        var tracks =
            repository is not null
            && await HasCommitAsync(git, repository.Root, cancellationToken).ConfigureAwait(false)
            && (
                await git.ReadAsync(request.Project, ["ls-tree", "--name-only", "HEAD"], cancellationToken).ConfigureAwait(false)
            ).Output.Any(line => line.Length > 0);
        var played = new PlayedRepository(git, store, tracks ? RealPath.Of(repository!.Root.FullPath) : request.Folder());
        if (repository is not null)
        {
            played.Remote = await played.RemoteAsync(repository.Root, cancellationToken).ConfigureAwait(false);
        }

        if (tracks)
        {
            await played.TakeCommitAsync(request, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await played.RunAsync(played.Root, ["init", "--quiet", "--bare", store.FullPath], cancellationToken).ConfigureAwait(false);
            await played.CommitFolderAsync(request, null, cancellationToken).ConfigureAwait(false);
            played.Remarks =
            [
                .. played.Remarks,
                $"{played.Root} is not in a git repository with a commit of it: the folder is played as if it were committed as it is.",
            ];
        }

        return played;
    }

    /// <summary>Gives the commit a tag, here alone.</summary>
    /// <returns>What a person should know of it; null when the tag is there as it is.</returns>
    public async Task<string?> TagAsync(string tag, CancellationToken cancellationToken)
    {
        var there = await ReadAsync(["rev-parse", "--verify", "--quiet", $"refs/tags/{tag}^{{commit}}"], cancellationToken)
            .ConfigureAwait(false);
        if (there == Commit)
        {
            return null;
        }

        await InStoreAsync([.. _author, "tag", "--force", tag, Commit], cancellationToken).ConfigureAwait(false);
        return there is null
            ? $"The tag {tag} is not there yet: the rehearsal has it, your repository does not."
            : $"The tag {tag} is on the commit {there[..10]} and not on {Commit[..10]}: a release needs a new version and a new tag. "
                + $"Played as if {tag} were here.";
    }

    /// <summary>The tags of the commit.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(CancellationToken cancellationToken) =>
        [
            .. (await InStoreAsync(["tag", "--points-at", Commit], cancellationToken).ConfigureAwait(false)).Output.Where(line =>
                line.Length > 0
            ),
        ];

    /// <summary>The workflow files of GitHub that run a stage of the release.</summary>
    public Task<IReadOnlyList<string>> WorkflowsAsync(string prefix, CancellationToken cancellationToken) =>
        WithAsync($"{prefix}-(Sign|Release|Publish)", ".github/workflows/", cancellationToken);

    /// <summary>Whether a CI file names PyPI, or the token for it; what a comment says is for people.</summary>
    public async Task<bool> PublishesToPyPiAsync(bool isGitHub, CancellationToken cancellationToken) =>
        (
            await WithAsync(
                    @"^[^#]*(upload\.pypi\.org|PYPI_ID_TOKEN)",
                    isGitHub ? ".github/workflows/" : ".gitlab-ci.yml",
                    cancellationToken
                )
                .ConfigureAwait(false)
        ).Count > 0;

    /// <summary>Submodules are checked out where the CI file says so.</summary>
    /// <returns>What a person should know of it.</returns>
    public async Task<string?> WithSubmodulesAsync(bool isGitHub, CancellationToken cancellationToken)
    {
        var (place, all, own) = isGitHub
            ? (".github/workflows/", "submodules:[[:space:]]*['\"]?recursive", "submodules:[[:space:]]*['\"]?true")
            : (".gitlab-ci.yml", "GIT_SUBMODULE_STRATEGY:[[:space:]]*['\"]?recursive", "GIT_SUBMODULE_STRATEGY:[[:space:]]*['\"]?normal");
        async Task<bool> SaysAsync(string what) =>
            (await WithAsync($"^[^#]*{what}", place, cancellationToken).ConfigureAwait(false)).Count > 0;
        var asked =
            await SaysAsync(all).ConfigureAwait(false) ? "recursive"
            : await SaysAsync(own).ConfigureAwait(false) ? "normal"
            : null;
        var says = isGitHub ? "submodules: recursive for actions/checkout" : "GIT_SUBMODULE_STRATEGY: recursive";
        return await _submodules.ChooseAsync(Commit, _store, asked, says, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> WithAsync(string pattern, string place, CancellationToken cancellationToken)
    {
        string[] arguments = ["grep", "--name-only", "--extended-regexp", "-e", pattern, Commit, "--", place];
        var found = await _git.ReadAsync(_store, arguments, cancellationToken).ConfigureAwait(false);
        return [.. found.Output.Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split('/', ':')[^1])];
    }

    /// <summary>A clean checkout, as a job begins with.</summary>
    public async Task CheckOutAsync(DirectoryPath folder, CancellationToken cancellationToken)
    {
        await RunAsync(_store, ["clone", "--quiet", "--shared", "--no-checkout", _store.FullPath, folder.FullPath], cancellationToken)
            .ConfigureAwait(false);
        await RunAsync(folder, ["checkout", "--quiet", "--detach", Commit], cancellationToken).ConfigureAwait(false);
        await _submodules.CheckOutAsync(folder, cancellationToken).ConfigureAwait(false);
        if (Remote is { Host: { } host, Path: var path })
        {
            await RunAsync(folder, ["remote", "set-url", "origin", $"https://{host}/{path}.git"], cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> HasCommitAsync(GitProgram git, DirectoryPath root, CancellationToken cancellationToken) =>
        (await git.ReadAsync(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], cancellationToken).ConfigureAwait(false)).ExitCode
        == 0;

    private async Task TakeCommitAsync(PlayedSources request, CancellationToken cancellationToken)
    {
        await RunAsync(Root, ["clone", "--quiet", "--bare", "--shared", Root, _store.FullPath], cancellationToken).ConfigureAwait(false);
        Commit = (await _git.ReadAsync(Root, ["rev-parse", "HEAD"], cancellationToken).ConfigureAwait(false)).Output.First();

        // HEAD of a second work tree is in no branch that a clone brings along.
        await RunAsync(_store, ["--git-dir", _store.FullPath, "fetch", "--quiet", Root, $"+HEAD:{Branch}"], cancellationToken)
            .ConfigureAwait(false);
        var changes = await ChangesAsync(request, cancellationToken).ConfigureAwait(false);
        if (changes.Count == 0)
        {
            return;
        }

        var shown = string.Join(", ", changes.Take(5)) + (changes.Count > 5 ? ", …" : "");
        if (await FirstMissingAsync(request, cancellationToken).ConfigureAwait(false) is { } missing)
        {
            await CommitFolderAsync(request, Commit, cancellationToken).ConfigureAwait(false);
            Remarks =
            [
                .. Remarks,
                $"{missing} is not committed yet: the folder is played as if its {changes.Count} changes were committed ({shown}). A "
                    + "pipeline has what is committed and nothing else.",
            ];
        }
        else if (request.Uncommitted)
        {
            await CommitFolderAsync(request, Commit, cancellationToken).ConfigureAwait(false);
            var take = changes.Count == 1 ? "1 change that is not committed takes" : $"{changes.Count} changes that are not committed take";
            Remarks = [.. Remarks, $"{take} part as if committed: {shown}."];
        }
        else
        {
            Remarks =
            [
                .. Remarks,
                (changes.Count == 1 ? "1 change that is not committed takes" : $"{changes.Count} changes that are not committed take")
                    + $" no part, as in a pipeline: {shown}. Commit them, or rehearse with "
                    + $"--{RehearsalParameters.UncommittedArgument}.",
            ];
        }
    }

    private async Task<List<string>> ChangesAsync(PlayedSources request, CancellationToken cancellationToken)
    {
        var ours = request.LeaveOut(Root).Select(folder => folder + "/").ToList();
        var names = await StatusAsync("normal", cancellationToken).ConfigureAwait(false);

        // git names a folder with nothing but new files by itself: one that holds a folder of ours is looked into.
        if (names.Any(name => name.EndsWith('/') && ours.Any(folder => folder.StartsWith(name, StringComparison.Ordinal))))
        {
            names = await StatusAsync("all", cancellationToken).ConfigureAwait(false);
        }

        return [.. names.Where(name => !ours.Any(folder => (name.TrimEnd('/') + "/").StartsWith(folder, StringComparison.Ordinal)))];
    }

    private async Task<List<string>> StatusAsync(string untracked, CancellationToken cancellationToken)
    {
        string[] arguments = ["status", "--porcelain=v1", "--no-renames", "--ignore-submodules=all", $"--untracked-files={untracked}"];
        var status = await _git.ReadAsync(Root, arguments, cancellationToken).ConfigureAwait(false);
        return [.. status.Output.Where(line => line.Length > 3).Select(line => GitName.Read(line[3..]) ?? line[3..])];
    }

    /// <summary>A file without which nothing can be played and that the commit does not have.</summary>
    private async Task<string?> FirstMissingAsync(PlayedSources request, CancellationToken cancellationToken)
    {
        foreach (var file in request.Needed)
        {
            var inside = IoPath.GetRelativePath(Root, RealPath.Of(file.FullPath)).Replace('\\', '/');
            if (
                !inside.StartsWith("../", StringComparison.Ordinal)
                && (
                    await _git.ReadAsync(_store, ["cat-file", "-e", $"{Commit}:{inside}"], cancellationToken).ConfigureAwait(false)
                ).ExitCode != 0
            )
            {
                return inside;
            }
        }

        return null;
    }

    /// <summary>Commits a folder as it lies there, without what version control ignores and what releases write.</summary>
    private async Task CommitFolderAsync(PlayedSources request, string? parent, CancellationToken cancellationToken)
    {
        AtomicFile.Write(
            _store.CombineWithFilePath("info/exclude"),
            string.Concat(request.LeaveOut(Root).Select(static folder => $"/{folder}\n"))
        );
        string[] there = ["--git-dir", _store.FullPath, "--work-tree", Root];
        if (parent is not null)
        {
            await RunAsync(Root, [.. there, "read-tree", parent], cancellationToken).ConfigureAwait(false);
        }

        await RunAsync(Root, [.. there, "add", "--all", "."], cancellationToken).ConfigureAwait(false);
        var tree = (await RunAsync(Root, [.. there, "write-tree"], cancellationToken).ConfigureAwait(false)).Output.First();
        string[] parents = parent is null ? [] : ["-p", parent];
        var made = await RunAsync(
                Root,
                [.. _author, .. there, "commit-tree", .. parents, "-m", "What is rehearsed", tree],
                cancellationToken
            )
            .ConfigureAwait(false);
        Commit = made.Output.First();
        await InStoreAsync(["update-ref", Branch, Commit], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The remote origin; else that of the branch that is checked out, else the only or the first one.</summary>
    private async Task<OwnRepository?> RemoteAsync(DirectoryPath root, CancellationToken cancellationToken)
    {
        async Task<IReadOnlyList<string>> LinesAsync(params string[] arguments) =>
            [.. (await _git.ReadAsync(root, arguments, cancellationToken).ConfigureAwait(false)).Output.Where(line => line.Length > 0)];
        async Task<string?> FirstAsync(params string[] arguments) =>
            await LinesAsync(arguments).ConfigureAwait(false) is [var first, ..] ? first : null;
        var names = await LinesAsync("remote").ConfigureAwait(false);
        var branch = await FirstAsync("symbolic-ref", "--quiet", "--short", "HEAD").ConfigureAwait(false);
        var tracked =
            branch is null || names.Count < 2 ? null : await FirstAsync("config", "--get", $"branch.{branch}.remote").ConfigureAwait(false);
        foreach (
            var name in names.OrderBy(name =>
                name == "origin" ? 0
                : name == tracked ? 1
                : 2
            )
        )
        {
            if (OwnRepository.Parse(await FirstAsync("remote", "get-url", name).ConfigureAwait(false) ?? "") is { } found)
            {
                if (name != "origin" && names.Count > 1)
                {
                    Remarks =
                    [
                        $"Of the remotes {string.Join(", ", names)} none is origin: {name} is taken for the repository of the releases.",
                    ];
                }

                return found;
            }
        }

        return null;
    }

    private async Task<string?> ReadAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await _git.ReadAsync(_store, arguments, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output.FirstOrDefault(line => line.Length > 0) : null;
    }

    private Task<ChildProcessResult> InStoreAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(_store, arguments, cancellationToken);

    private async Task<ChildProcessResult> RunAsync(
        DirectoryPath folder,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var result = await _git.WriteAsync(folder, arguments, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result
            : throw new PySignException(
                PySignFailure.ToolFailed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The repository could not be taken for the rehearsal; git ended with {result.ExitCode}:{Environment.NewLine}"
                ) + result.Tail()
            );
    }
}
