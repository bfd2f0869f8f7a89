using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// The copy that the back end works in. A project in a subfolder of a repository brings the repository's other tracked files along: back
/// ends look there for versions, ignored files and what links lead to, whether or not they say so in pyproject.toml.
/// </summary>
internal sealed class WorkingCopy
{
    private readonly List<(PrivateRepository Copy, Task<IReadOnlyList<string>> Before)> _repositories = [];

    private WorkingCopy(DirectoryPath top, DirectoryPath project)
    {
        Top = top;
        Project = project;
    }

    /// <summary>The copied folder that stands for the work tree.</summary>
    public DirectoryPath Top { get; }

    /// <summary>The project's folder in it.</summary>
    public DirectoryPath Project { get; }

    /// <summary>Makes the copy below <paramref name="target"/>.</summary>
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
        var made = new WorkingCopy(top, inside.Length == 0 ? top : top.Combine(inside));
        if (sources.Repository is { } repository)
        {
            await made.AddAsync(repository, top, log, cancellationToken).ConfigureAwait(false);
            if (inside.Length > 0)
            {
                log.Verbose($"The project is the folder {inside} of a repository, whose other tracked files are copied too");
                var tracked = await repository.TrackedAsync(root, cancellationToken).ConfigureAwait(false);
                CopyAround(
                    copy,
                    root,
                    top,
                    tracked.Where(file => !file.StartsWith(inside + "/", StringComparison.Ordinal)),
                    cancellationToken
                );
            }
        }

        copy.To(made.Project, cancellationToken);
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

    private static void CopyAround(
        SourceCopy copy,
        DirectoryPath root,
        DirectoryPath top,
        IEnumerable<string> files,
        CancellationToken cancellationToken
    )
    {
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = new FileInfo(IoPath.Combine(root.FullPath, file));
            if (from.Exists || from.LinkTarget is not null)
            {
                var to = IoPath.Combine(top.FullPath, file);
                Directory.CreateDirectory(IoPath.GetDirectoryName(to)!);
                copy.CopyOne(from, to);
            }
        }
    }

    private static string NameOf(DirectoryPath folder) => folder.GetDirectoryName() is { Length: > 0 } name ? name : "project";
}
