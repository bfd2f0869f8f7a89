using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>A project's own folder, behind all links, and what version control has of it.</summary>
/// <param name="Project">The folder.</param>
/// <param name="Repository">The repository whose sources it is; <see langword="null"/> where nothing in it is tracked.</param>
/// <param name="Tracked">What is tracked in the project, relative to it with forward slashes.</param>
internal sealed record ProjectSources(DirectoryPath Project, GitRepository? Repository, IReadOnlySet<string> Tracked)
{
    /// <summary>Asks git. An unpacked archive that lies untracked in somebody's repository is not asked about any further.</summary>
    /// <param name="project">The project, by any name.</param>
    /// <param name="withoutGit">Whether a work tree may be built although nothing can read its repository.</param>
    /// <param name="processes">Starts git.</param>
    /// <param name="environment">Where git is looked for.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="PySignException">There is a work tree, and no git that can read it.</exception>
    public static async Task<ProjectSources> FindAsync(
        DirectoryPath project,
        bool withoutGit,
        IChildProcessRunner processes,
        ICakeEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        DirectoryPath real = RealPath.Of(project.FullPath);
        var nothing = new ProjectSources(real, null, new HashSet<string>(StringComparer.Ordinal));
        if (!GitRepository.Marks(real.FullPath))
        {
            return nothing;
        }

        var (repository, problem) = GitProgram.Find(processes, environment) is { } git
            ? await GitRepository.OpenAsync(git, real, cancellationToken).ConfigureAwait(false)
            : (null, "");
        if (repository is null)
        {
            return withoutGit ? nothing : throw Unreadable(real, problem);
        }

        var tracked = (await repository.TrackedAsync(real, cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        if (tracked.Count == 0 && repository.Prefix.Length > 0)
        {
            return nothing;
        }

        repository.Ask(cancellationToken);
        return new ProjectSources(real, repository, tracked);
    }

    /// <summary>What the repository has outside of the project, relative to its work tree.</summary>
    public async Task<IReadOnlySet<string>> OutsideAsync(CancellationToken cancellationToken) =>
        Repository is not { Prefix.Length: > 0 } repository
            ? new HashSet<string>(StringComparer.Ordinal)
            : (await repository.OutsideAsync(cancellationToken).ConfigureAwait(false))
                .Select(name => GitName.Read(name) ?? name)
                .ToHashSet(StringComparer.Ordinal);

    private static PySignException Unreadable(DirectoryPath project, string problem) =>
        problem.Length == 0
            ? new PySignException(
                PySignFailure.ToolNotFound,
                $"'{project}' is in version control, and there is no git on this machine: neither a version from tags nor the check that "
                    + "only committed files are published can be obtained.",
                "Install git (apt-get install git, apk add git, dnf install git), or build from an unpacked source archive. To build all "
                    + $"the same, waive the check {nameof(PyBuildCheck.Content)} (WaivedChecks, or PYSIGN_WAIVE_CHECKS in the recipe)."
            )
            : new PySignException(
                PySignFailure.ToolFailed,
                $"'{project}' is in version control, and git cannot read the repository: {problem}",
                "Check it out again. In a container, mount the whole repository: a second work tree (git worktree) and a submodule have "
                    + "theirs elsewhere."
            );
}

/// <summary>Folders of the tree that are not part of the sources, but for what git tracks in them.</summary>
/// <param name="Named">Left out by path, behind all links.</param>
/// <param name="Own">Left out because earlier runs of ours made them, unless Python code lies in them.</param>
internal sealed record LeftOutFolders(IReadOnlySet<string> Named, IReadOnlySet<string> Own)
{
    // What a script, its tools and the stages leave beside the project.
    private static readonly string[] _ownNames = [".cake", "artifacts", "consumer", "dist", "test-results", "tools"];

    /// <summary>Whether no tracked file around a project in a subfolder stays behind, whatever its build seems to need.</summary>
    public bool WholeRepository { get; init; }

    /// <summary>Nothing stays behind.</summary>
    public static LeftOutFolders None { get; } =
        new(new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));

    public static LeftOutFolders Of(DirectoryPath project, IEnumerable<DirectoryPath> named, IEnumerable<DirectoryPath> own) =>
        new(
            named.Select(folder => RealPath.Of(folder.FullPath)).ToHashSet(StringComparer.Ordinal),
            _ownNames
                .Select(name => IoPath.Combine(project.FullPath, name))
                .Concat(own.Select(folder => RealPath.Of(folder.FullPath)))
                .ToHashSet(StringComparer.Ordinal)
        );

    /// <summary>Whether a folder in which nothing is tracked stays behind.</summary>
    public bool Holds(string folder) => Named.Contains(folder) || (Own.Contains(folder) && (IsCakes(folder) || !HasPython(folder)));

    // Packages of Cake and its addins, unpacked by it.
    private static bool IsCakes(string folder) =>
        IoPath.GetFileName(folder) is ".cake"
        || Directory
            .EnumerateFileSystemEntries(folder)
            .Select(entry => IoPath.GetFileName(entry))
            .Any(name => name.StartsWith("Cake.", StringComparison.OrdinalIgnoreCase) || name is "Addins" or "Modules");

    private static bool HasPython(string folder) =>
        Directory
            .EnumerateFiles(
                folder,
                "*.py",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
            )
            .Any();
}
