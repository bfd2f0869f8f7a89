using PySign.Packaging.Projects;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>What a sdist holds and version control does not, but for what the back end is known, or told, to write into it.</summary>
internal static class UntrackedFiles
{
    public static IEnumerable<string> In(IReadOnlyList<string> names, CheckedBuild build)
    {
        var declared = DeclaredFiles.Of(build.Project.FullPath);
        return names.Where(name =>
            !build.Tracked.Contains(name)
            && !declared.Contains(name)
            && !IsMade(name, build, declared)
            && !IsBehindLink(name, build)
            && !IsCompiledFrom(name, build)
        );
    }

    // A file of such a name that lies in the project untracked is nobody's to publish: only what the build made is excused.
    private static bool IsMade(string name, CheckedBuild build, DeclaredFiles declared) =>
        name == "PKG-INFO" || (declared.IsMade(name) && !Exists(name, build));

    // Cython's documentation has the C file distributed with the .pyx it was made from.
    private static bool IsCompiledFrom(string name, CheckedBuild build) =>
        IoPath.GetExtension(name) is ".c" or ".cpp" && build.Tracked.Contains(IoPath.ChangeExtension(name, ".pyx")) && !Exists(name, build);

    // git tracks a link to a folder as one name; the back end packs what it leads to. That must be tracked itself.
    private static bool IsBehindLink(string name, CheckedBuild build)
    {
        if (build.Sources.Repository is not { } repository)
        {
            return false;
        }

        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            if (build.Tracked.Contains(name[..slash]))
            {
                var real = RealPath.Of(IoPath.Combine(build.Project.FullPath, name));
                return File.Exists(real) && IsTracked(real, build, repository);
            }
        }

        return false;
    }

    private static bool IsTracked(string real, CheckedBuild build, GitRepository repository)
    {
        var inside = IoPath.GetRelativePath(build.Project.FullPath, real).Replace('\\', '/');
        if (!IoPath.IsPathRooted(inside) && !inside.StartsWith("../", StringComparison.Ordinal))
        {
            return build.Tracked.Contains(inside);
        }

        // A submodule is one entry of the index, whatever it holds.
        var outside = IoPath.GetRelativePath(repository.Root.FullPath, real).Replace('\\', '/');
        for (var name = outside; name.Length > 0; name = name.LastIndexOf('/') is > 0 and var slash ? name[..slash] : "")
        {
            if (build.Outside.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Exists(string name, CheckedBuild build) => File.Exists(IoPath.Combine(build.Project.FullPath, name));
}
