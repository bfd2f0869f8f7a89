using Cake.Core.IO;
using Cake.PySign.Build;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>The submodules of a commit, which a CI job has only where its file asks for them.</summary>
/// <param name="git">Reads the user's repositories, and writes checkouts.</param>
/// <param name="root">The top of the user's repository.</param>
internal sealed class PlayedSubmodules(GitProgram git, string root)
{
    private const string Mode = "160000 commit ";

    // Deeper ones are a loop, or nobody's release.
    private const int MaxDepth = 8;

    private List<Submodule> _checkedOut = [];

    /// <summary>Finds out which of them the jobs have.</summary>
    /// <param name="commit">The commit, in the repository of <paramref name="store"/>.</param>
    /// <param name="store">The repository that is played.</param>
    /// <param name="asked"><c>recursive</c>, another word for those of the commit itself, or null for none.</param>
    /// <param name="place">Where the CI file says it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What a person should know of it.</returns>
    public async Task<string?> ChooseAsync(
        string commit,
        DirectoryPath store,
        string? asked,
        string place,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(store, commit, "", cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
        {
            return null;
        }

        var names = string.Join(", ", found.Take(5).Select(one => one.Path)) + (found.Count > 5 ? ", …" : "");
        if (asked is null)
        {
            return $"The commit has submodules ({names}), and the CI file does not check them out: no job has them, here and there. "
                + $"{place} brings them, where the build needs them.";
        }

        (_checkedOut, var missing) = await WithAsync(found, isRecursive: asked == "recursive", cancellationToken).ConfigureAwait(false);
        return missing.Count == 0
            ? null
            : $"Submodules that are not on this machine as the commit has them take no part, and would in a pipeline: "
                + $"{string.Join(", ", missing.Take(5))}. git submodule update --init --recursive brings them.";
    }

    /// <summary>Adds them to a checkout.</summary>
    public async Task CheckOutAsync(DirectoryPath checkout, CancellationToken cancellationToken)
    {
        foreach (var (path, commit) in _checkedOut)
        {
            var target = checkout.Combine(path);
            string[] clone = ["clone", "--quiet", "--shared", "--no-checkout", IoPath.Combine(root, path), target.FullPath];
            var cloned = await git.WriteAsync(checkout, clone, cancellationToken).ConfigureAwait(false);
            var made =
                cloned.ExitCode == 0
                    ? await git.WriteAsync(target, ["checkout", "--quiet", "--detach", commit], cancellationToken).ConfigureAwait(false)
                    : cloned;
            if (made.ExitCode != 0)
            {
                throw new PySignException(
                    PySignFailure.ToolFailed,
                    $"The submodule {path} could not be checked out; git ended with {made.ExitCode}:{Environment.NewLine}{made.Tail()}"
                );
            }
        }
    }

    private async Task<(List<Submodule> Here, List<string> Missing)> WithAsync(
        IReadOnlyList<Submodule> found,
        bool isRecursive,
        CancellationToken cancellationToken
    )
    {
        var (here, missing) = (new List<Submodule>(), new List<string>());
        var open = new Queue<(Submodule One, int Depth)>(found.Select(one => (one, 1)));
        while (open.TryDequeue(out var next))
        {
            var (one, depth) = next;
            var folder = new DirectoryPath(IoPath.Combine(root, one.Path));
            if (!await HasAsync(folder, one.Commit, cancellationToken).ConfigureAwait(false))
            {
                missing.Add(one.Path);
                continue;
            }

            here.Add(one);
            if (isRecursive && depth < MaxDepth)
            {
                foreach (var inner in await FindAsync(folder, one.Commit, one.Path + "/", cancellationToken).ConfigureAwait(false))
                {
                    open.Enqueue((inner, depth + 1));
                }
            }
        }

        return (here, missing);
    }

    // Without a .git of its own the folder is one of the repository around it.
    private async Task<bool> HasAsync(DirectoryPath folder, string commit, CancellationToken cancellationToken) =>
        IoPath.Exists(folder.CombineWithFilePath(".git").FullPath)
        && (await git.ReadAsync(folder, ["cat-file", "-e", $"{commit}^{{commit}}"], cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    private async Task<List<Submodule>> FindAsync(
        DirectoryPath repository,
        string commit,
        string before,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await git.ReadAsync(repository, ["ls-tree", "-r", "--full-tree", commit], cancellationToken).ConfigureAwait(false))
                .Output.Where(line => line.StartsWith(Mode, StringComparison.Ordinal))
                .Select(line => line[Mode.Length..].Split('\t', 2))
                .Where(parts => parts.Length == 2)
                .Select(parts => new Submodule(before + (GitName.Read(parts[1]) ?? parts[1]), parts[0])),
        ];

    private readonly record struct Submodule(string Path, string Commit);
}
