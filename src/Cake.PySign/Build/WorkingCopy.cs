using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// The copy that the back end works in. A project in a subfolder of a repository brings those of the repository's other files along that
/// its build can see (<see cref="OuterFiles"/>); to git all of them are there.
/// </summary>
internal sealed class WorkingCopy
{
    // Of an untracked file that builds may look for above the project, such as one with the version.
    private const long MaxBeside = 1 << 20;

    private readonly List<(PrivateRepository Copy, Task<IReadOnlyList<string>> Before)> _repositories = [];

    private WorkingCopy(DirectoryPath top, DirectoryPath project, CopiedFiles copied)
    {
        Top = top;
        Project = project;
        Copied = copied;
    }

    /// <summary>The copied folder that stands for the work tree.</summary>
    public DirectoryPath Top { get; }

    /// <summary>The project's folder in it.</summary>
    public DirectoryPath Project { get; }

    /// <summary>Whether tracked files outside of the project are there for git alone.</summary>
    public bool LacksFiles { get; private set; }

    /// <summary>What is in it.</summary>
    public CopiedFiles Copied { get; }

    /// <summary>Makes the copy below <paramref name="target"/>.</summary>
    /// <param name="sources">The project.</param>
    /// <param name="target">A new folder.</param>
    /// <param name="leftOut">What stays behind.</param>
    /// <param name="moment">The time that files get.</param>
    /// <param name="log">Where what is left out is said.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<WorkingCopy> MakeAsync(
        ProjectSources sources,
        DirectoryPath target,
        LeftOutFolders leftOut,
        DateTimeOffset moment,
        SafeLog log,
        CancellationToken cancellationToken
    )
    {
        var root = sources.Repository?.Root ?? sources.Project;
        var inside = sources.Repository?.Prefix ?? "";
        var copy = new SourceCopy(sources.Project, sources.Tracked, leftOut, moment, root);
        var top = target.Combine(NameOf(root));
        var made = new WorkingCopy(top, inside.Length == 0 ? top : top.Combine(inside), copy.Copied);
        if (sources.Repository is { } repository)
        {
            await made.AddAsync(repository, top, log, cancellationToken).ConfigureAwait(false);
        }

        copy.To(made.Project, cancellationToken);
        if (inside.Length > 0)
        {
            await made.BringOuterFilesAsync(sources, copy, leftOut.WholeRepository, log, cancellationToken).ConfigureAwait(false);
        }

        if (copy.Special.Count > 0)
        {
            log.Warning($"Not copied, because they are not files: {string.Join(", ", copy.Special.Take(10))}");
        }

        copy.MendLinks();
        if (sources.Repository is not null)
        {
            await made.AddNestedAsync(sources, copy.Nested.OrderBy(path => path.Length), log, cancellationToken).ConfigureAwait(false);
        }

        return made;
    }

    /// <summary>Called when the copy has been edited: makes git see in it what it sees in the original.</summary>
    public async Task AlignAsync(CancellationToken cancellationToken)
    {
        // Submodules first: a superproject asks each about its state.
        foreach (var (copy, before) in _repositories.AsEnumerable().Reverse())
        {
            await copy.AlignAsync(await before.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        await RemoveUnchangedAsync().ConfigureAwait(false);
    }

    // flit_core and poetry-core take whatever lies in a package, the repository of a submodule among it. git finds one that has no change
    // of its own below the superproject's, where it keeps those of submodules that are not checked out.
    private async Task RemoveUnchangedAsync()
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (copy, before) in _repositories)
        {
            var lines = await before.ConfigureAwait(false);
            changed.UnionWith(lines.Select(line => copy.Folder.Combine(GitName.Read(line[3..]) ?? line[3..]).FullPath));
            if (lines.Count == 0 && !changed.Contains(copy.Folder.FullPath) && PlaceInSuperproject(copy) is { } place)
            {
                Directory.CreateDirectory(IoPath.GetDirectoryName(place)!);
                Directory.Move(copy.Folder.Combine(GitRepository.FolderName).FullPath, place);
            }
        }
    }

    // .git/modules/NAME in the original, and so in the copy.
    private string? PlaceInSuperproject(PrivateRepository copy)
    {
        var (super, _) = _repositories[0];
        var relative = IoPath.GetRelativePath(IoPath.Combine(super.Original.CommonDir, "modules"), copy.Original.GitDir);
        var isBelow = relative != "." && !IoPath.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal);
        return copy != super && isBelow ? IoPath.Combine(super.Folder.FullPath, GitRepository.FolderName, "modules", relative) : null;
    }

    private async Task AddNestedAsync(ProjectSources sources, IEnumerable<string> folders, SafeLog log, CancellationToken cancellationToken)
    {
        foreach (var folder in folders)
        {
            var (inner, _) = await GitRepository
                .OpenAsync(sources.Repository!.Git, sources.Project.Combine(folder), cancellationToken)
                .ConfigureAwait(false);
            if (inner is { Prefix: "" })
            {
                await AddAsync(inner, Project.Combine(folder), log, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AddAsync(GitRepository repository, DirectoryPath copy, SafeLog log, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(copy.FullPath);
        var made = new PrivateRepository(repository, copy, log);
        _repositories.Add((made, repository.StatusAsync(cancellationToken)));
        await made.WriteAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task BringOuterFilesAsync(
        ProjectSources sources,
        SourceCopy copy,
        bool whole,
        SafeLog log,
        CancellationToken cancellationToken
    )
    {
        var repository = sources.Repository!;
        var (entry, before) = _repositories[0];
        var printed = await repository.OutsideAsync(cancellationToken).ConfigureAwait(false);
        var outside = new Dictionary<string, string>(printed.Count, StringComparer.Ordinal);
        foreach (var name in printed)
        {
            // One that is not UTF-8 has no name here; the copy does without it.
            outside[GitName.Read(name) ?? name] = name;
        }

        var needed = whole ? null : OuterFiles.Needed(repository, sources.Tracked, outside.Keys);
        LacksFiles = needed is not null;
        var changed = (await before.ConfigureAwait(false))
            .Select(line => GitName.Read(line[3..]) ?? line[3..])
            .ToHashSet(StringComparer.Ordinal);
        var outer = new OuterCopy(copy, repository.Root, repository.Prefix, Top, outside.Keys);
        outer.Bring(needed is null ? outside.Keys : needed.Concat(changed.Where(outside.ContainsKey)), cancellationToken);
        outer.BringAims(cancellationToken);
        var large = OuterFiles
            .Above(repository.Prefix)
            .SelectMany(folder => outer.BringBeside(folder, MaxBeside, cancellationToken))
            .ToList();
        Say(repository, outside.Keys.Count(name => !outer.Brought.Contains(name)), large, log);
        foreach (var folder in outer.Folders)
        {
            await BringSubmoduleAsync(repository, copy, folder, log, cancellationToken).ConfigureAwait(false);
        }

        await entry
            .HideAsync(
                [.. outside.Where(one => !outer.Brought.Contains(one.Key) && !changed.Contains(one.Key)).Select(one => one.Value)],
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static void Say(GitRepository repository, int absent, IReadOnlyList<string> large, SafeLog log)
    {
        log.Information(
            $"The project is the folder {repository.Prefix} of a repository: its build sees "
                + (
                    absent == 0
                        ? "all tracked files around it"
                        : $"the files above it and what it names; {absent} other tracked files are there for git alone"
                )
        );
        if (large.Count > 0)
        {
            log.Warning(
                $"Untracked files above the project that its build does not see, because they are large: {string.Join(", ", large.Take(5))}"
            );
        }
    }

    private async Task BringSubmoduleAsync(
        GitRepository repository,
        SourceCopy copy,
        string folder,
        SafeLog log,
        CancellationToken cancellationToken
    )
    {
        var root = repository.Root.Combine(folder);
        var (inner, _) = await GitRepository.OpenAsync(repository.Git, root, cancellationToken).ConfigureAwait(false);
        if (inner is { Prefix: "" })
        {
            await AddAsync(inner, Top.Combine(folder), log, cancellationToken).ConfigureAwait(false);
            var tracked = await inner.TrackedAsync(root, cancellationToken).ConfigureAwait(false);
            new OuterCopy(copy, root, ".", Top.Combine(folder), tracked).Bring(tracked, cancellationToken);
        }
    }

    private static string NameOf(DirectoryPath folder) => folder.GetDirectoryName() is { Length: > 0 } name ? name : "project";
}
