using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using PySign.Packaging;
using PySign.Packaging.Projects;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// The copy that the back end works in. For a project in a subfolder of a repository, whose back end asks version control for its version
/// or its files, the repository around it comes along: its <c>.git</c> and the other tracked files, so that git sees a clean tree there
/// too.
/// </summary>
internal sealed class WorkingCopy(VersionControl versionControl, SafeLog log)
{
    // hatchling looks for .gitignore in the folders above, up to the repository's root.
    private static readonly string[] _asking =
    [
        "setuptools-scm",
        "setuptools_scm",
        "hatch-vcs",
        "hatch_vcs",
        "hatchling",
        "pbr",
        "setuptools-git",
        "versioneer",
        "versioningit",
        "dunamai",
        "pdm-backend",
        "dynamic-versioning",
        "use_scm_version",
    ];

    /// <summary>Makes the copy below <paramref name="target"/> and returns the project's folder in it.</summary>
    public async Task<DirectoryPath> MakeAsync(
        DirectoryPath project,
        DirectoryPath target,
        SourceCopy copy,
        bool hasTracked,
        CancellationToken cancellationToken
    )
    {
        var root = hasTracked ? VersionControl.WorkTree(project) : null;
        if (root is null || IoPath.GetFullPath(root.FullPath) == IoPath.GetFullPath(project.FullPath) || !AsksVersionControl(project))
        {
            var alone = target.Combine(NameOf(project));
            copy.To(alone, cancellationToken);
            return alone;
        }

        var inside = IoPath.GetRelativePath(root.FullPath, project.FullPath).Replace('\\', '/');
        log.Information(
            $"The project is the folder {inside} of a repository and its back end asks version control: the repository's other tracked "
                + "files are copied too"
        );
        var around = target.Combine(NameOf(root));
        Directory.CreateDirectory(around.FullPath);
        GitFolder.Copy(root.FullPath, around.FullPath, cancellationToken);
        foreach (var file in await versionControl.TrackedAsync(root, cancellationToken).ConfigureAwait(false) ?? [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!file.StartsWith(inside + "/", StringComparison.Ordinal))
            {
                CopyTracked(copy, root, around, file);
            }
        }

        var source = around.Combine(inside);
        copy.To(source, cancellationToken);
        return source;
    }

    private static void CopyTracked(SourceCopy copy, DirectoryPath root, DirectoryPath around, string file)
    {
        var from = new FileInfo(IoPath.Combine(root.FullPath, file));
        if (!from.Exists && from.LinkTarget is null)
        {
            return;
        }

        var to = IoPath.Combine(around.FullPath, file);
        Directory.CreateDirectory(IoPath.GetDirectoryName(to)!);
        copy.CopyOne(from, to);
    }

    private static string NameOf(DirectoryPath folder) => folder.GetDirectoryName() is { Length: > 0 } name ? name : "project";

    private static bool AsksVersionControl(DirectoryPath project)
    {
        try
        {
            var file = IoPath.Combine(project.FullPath, "pyproject.toml");
            var requirements = File.Exists(file) ? PyProject.Load(file).BuildRequires : [];
            return requirements.Any(Asks)
                || (
                    File.Exists(IoPath.Combine(project.FullPath, "setup.py"))
                    && Asks(File.ReadAllText(IoPath.Combine(project.FullPath, "setup.py")))
                );
        }
        catch (PackagingException)
        {
            // The build itself says what is wrong with pyproject.toml.
            return false;
        }
    }

    private static bool Asks(string text) => _asking.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase));
}
