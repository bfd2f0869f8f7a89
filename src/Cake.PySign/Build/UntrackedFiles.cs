using PySign.Packaging;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>What a sdist holds and version control does not, but for what back ends are known to write into every sdist.</summary>
internal static class UntrackedFiles
{
    // setup.cfg: setuptools always writes one. setup.py: poetry-core's older versions. The last two: pbr.
    private static readonly string[] _generated = ["PKG-INFO", "setup.cfg", "setup.py", "AUTHORS", "ChangeLog"];

    // Where a plugin is told to write the version that it read from version control.
    private static readonly string[][] _versionFiles =
    [
        ["tool", "setuptools_scm", "write_to"],
        ["tool", "setuptools_scm", "version_file"],
        ["tool", "hatch", "build", "hooks", "vcs", "version-file"],
        ["tool", "pdm", "version", "write_to"],
        ["tool", "versioningit", "write", "file"],
    ];

    public static IEnumerable<string> In(IReadOnlyList<string> names, CheckedBuild build)
    {
        var versionFiles = VersionFiles(build).ToList();
        return names.Where(name =>
            !build.Tracked.Contains(name, StringComparer.Ordinal) && !IsGenerated(name, build) && !versionFiles.Contains(name)
        );
    }

    // A file of such a name that lies in the project untracked is nobody's to publish: only what the build made is excused.
    private static bool IsGenerated(string name, CheckedBuild build) =>
        name == "PKG-INFO"
        || name.Split('/').SkipLast(1).Any(folder => folder.EndsWith(".egg-info", StringComparison.Ordinal))
        || (_generated.Contains(name) && !File.Exists(IoPath.Combine(build.Project.FullPath, name)));

    private static IEnumerable<string> VersionFiles(CheckedBuild build)
    {
        var path = IoPath.Combine(build.Project.FullPath, "pyproject.toml");
        var document = File.Exists(path) ? Load(path) : null;
        foreach (var key in _versionFiles)
        {
            if (document?.Find(key) is TomlString { Value: var file })
            {
                yield return file.Replace('\\', '/');

                // pdm names it below the package folder, and a src layout may stand before either.
                yield return "src/" + file;
            }
        }
    }

    private static TomlDocument? Load(string path)
    {
        try
        {
            return PyProject.Load(path).Document;
        }
        catch (Exception e) when (e is PackagingException or TomlException)
        {
            // It was built; that it holds no readable table of a plugin is all that matters here.
            return null;
        }
    }
}
