using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using PySign.Packaging;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Test;

/// <summary>
/// The tests of a project, and where they are run from: a copy of their folder beside the project's test configuration. The sources are not
/// there, so that what is imported can only be the installed wheel.
/// </summary>
internal sealed class TestTree
{
    private static readonly string[] _usual = ["tests", "test"];

    // Read by pytest from the folder above the tests; conftest.py and the rest do nothing to unittest.
    private static readonly string[] _configuration =
    [
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        ".pytest.toml",
        "pyproject.toml",
        "tox.ini",
        "setup.cfg",
        "conftest.py",
    ];

    // A link to a folder above leads in a circle, and two of them to more folders than there are files in the world.
    private static readonly EnumerationOptions _withoutLinks = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private const long MaxModuleBytes = 16 << 20;

    private readonly DirectoryPath _project;
    private readonly IReadOnlyList<string> _further;

    private TestTree(DirectoryPath project, string folder, IReadOnlyList<string> further)
    {
        _project = project;
        Folder = folder;
        _further = further;
    }

    /// <summary>The tests' folder, relative to the project, with forward slashes.</summary>
    public string Folder { get; }

    /// <summary>The package that the tests' folder is a part of, with dots, as <c>from .. import</c> in it sees it;
    /// <see langword="null"/> where its parent is not a package.</summary>
    public string? Package
    {
        get
        {
            var names = new List<string>();
            for (var parent = IoPath.GetDirectoryName(Folder); parent is { Length: > 0 }; parent = IoPath.GetDirectoryName(parent))
            {
                if (!File.Exists(IoPath.Combine(_project.FullPath, parent, "__init__.py")))
                {
                    break;
                }

                names.Insert(0, IoPath.GetFileName(parent));
            }

            return names.Count > 0 ? string.Join('.', names) : null;
        }
    }

    /// <summary>The folder with the tests: the one that was named, a usual one, or the only one in a package.
    /// <see langword="null"/> where there is none.</summary>
    public static string? Find(DirectoryPath project, DirectoryPath? named) =>
        named is null
            ? _usual.FirstOrDefault(name => Directory.Exists(IoPath.Combine(project.FullPath, name))) ?? InPackage(project)
            : IoPath
                .GetRelativePath(project.FullPath, IoPath.GetFullPath(IoPath.Combine(project.FullPath, named.FullPath)))
                .Replace('\\', '/');

    // Several packages with tests of their own: which of them are a release's is for a person to say.
    private static string? InPackage(DirectoryPath project)
    {
        var found = new[] { "", "src" }
            .Select(root => IoPath.Combine(project.FullPath, root))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(package => File.Exists(IoPath.Combine(package, "__init__.py")))
            .SelectMany(package => _usual.Select(name => IoPath.Combine(package, name)))
            .Where(folder => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*test*.py").Any())
            .Take(2)
            .ToList();
        return found is [var only] ? IoPath.GetRelativePath(project.FullPath, only).Replace('\\', '/') : null;
    }

    public static TestTree Of(DirectoryPath project, PyTestSettings settings)
    {
        var folder =
            Find(project, settings.TestDirectory)
            ?? throw new PySignException(
                PySignFailure.NothingToDo,
                $"'{project.FullPath}' has no folder '{string.Join("' or '", _usual)}', nor one package with such a folder: no tests were "
                    + "found.",
                "Name the folder as TestDirectory."
            );
        if (!Directory.Exists(IoPath.Combine(project.FullPath, folder)))
        {
            throw new PySignException(PySignFailure.MissingFile, $"There is no test folder '{folder}' in '{project.FullPath}'.");
        }

        if (folder == "." || folder.StartsWith("..", StringComparison.Ordinal) || IoPath.IsPathRooted(folder))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The test folder '{settings.TestDirectory}' is not a folder below the project '{project.FullPath}'.",
                "Tests are run from a copy of their folder, without the sources beside them. Keep them in a folder of their own."
            );
        }

        foreach (var file in _configuration.Select(name => IoPath.Combine(project.FullPath, name)).Where(File.Exists))
        {
            DescribingText.Read(file);
        }

        return new TestTree(project, folder, [.. settings.TestFiles.Select(file => Inside(project, file))]);
    }

    /// <summary>Whether the project's own files say that its tests are pytest's.</summary>
    public bool AsksForPytest()
    {
        foreach (var name in new[] { "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "conftest.py" })
        {
            if (File.Exists(IoPath.Combine(_project.FullPath, name)))
            {
                return true;
            }
        }

        return Mentions("pyproject.toml", "[tool.pytest")
            || Mentions("setup.cfg", "[tool:pytest]")
            || Mentions("tox.ini", "[pytest]")
            || Directory.EnumerateFiles(IoPath.Combine(_project.FullPath, Folder), "*.py", _withoutLinks).Any(IsForPytest);
    }

    /// <summary>The requirements of groups in the project's pyproject.toml.</summary>
    /// <exception cref="PySignException">There is no such group.</exception>
    public IReadOnlyList<string> Requirements(ICollection<string> groups)
    {
        if (groups.Count == 0)
        {
            return [];
        }

        try
        {
            return DependencyGroups.Read(PyProject.Load(_project.FullPath), groups);
        }
        catch (Exception e) when (e is PackagingException or TomlException)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The tests' requirements cannot be read: {e.Message}",
                innerException: e
            );
        }
    }

    /// <summary>Copies the tests and what they are read with to <paramref name="target"/>.</summary>
    /// <returns>Pipes, sockets and devices, which were left out.</returns>
    public IReadOnlyList<string> CopyTo(DirectoryPath target, CancellationToken cancellationToken)
    {
        var special = new List<string>();
        Directory.CreateDirectory(target.FullPath);
        foreach (var name in _configuration.Where(name => File.Exists(IoPath.Combine(_project.FullPath, name))))
        {
            SpecialFile.Refuse(IoPath.Combine(_project.FullPath, name));
            File.Copy(IoPath.Combine(_project.FullPath, name), IoPath.Combine(target.FullPath, name));
        }

        foreach (var path in _further.Prepend(Folder).Distinct(StringComparer.Ordinal))
        {
            var source = IoPath.Combine(_project.FullPath, path);
            var copy = IoPath.Combine(target.FullPath, path);
            Directory.CreateDirectory(IoPath.GetDirectoryName(copy)!);
            if (Directory.Exists(source))
            {
                var made = new SourceCopy(source, [], LeftOutFolders.None, new DateTimeOffset(Directory.GetLastWriteTimeUtc(source)));
                made.To(copy, cancellationToken);
                special.AddRange(made.Special);
                RemoveCircles(source, copy);
            }
            else
            {
                SpecialFile.Refuse(source);
                File.Copy(source, copy, overwrite: true);
            }
        }

        return special;
    }

    /// <summary>What looks for tests follows links to folders: one that leads to a folder above itself never ends for it.</summary>
    private static void RemoveCircles(string source, string copy)
    {
        foreach (var folder in RealFolders(new DirectoryInfo(copy)).ToList())
        {
            var original = IoPath.GetFullPath(IoPath.Combine(source, IoPath.GetRelativePath(copy, folder.FullName)));
            foreach (var link in folder.EnumerateDirectories().Where(entry => entry.LinkTarget is not null).ToList())
            {
                // The copy made a link out of the tree absolute: what counts is where it led from its own place.
                var aim = IoPath.GetFullPath(link.LinkTarget!, original).TrimEnd(IoPath.DirectorySeparatorChar);
                if ((original + IoPath.DirectorySeparatorChar).StartsWith(aim + IoPath.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    link.Delete();
                }
            }
        }
    }

    private static IEnumerable<DirectoryInfo> RealFolders(DirectoryInfo folder) =>
        folder.EnumerateDirectories().Where(inner => inner.LinkTarget is null).SelectMany(RealFolders).Prepend(folder);

    private bool Mentions(string file, string text)
    {
        var path = IoPath.Combine(_project.FullPath, file);
        SpecialFile.Refuse(path);
        return File.Exists(path) && File.ReadLines(path).Any(line => line.TrimStart().StartsWith(text, StringComparison.Ordinal));
    }

    // A module without a class that has functions called test_… holds nothing that unittest would find.
    private static bool IsForPytest(string file) =>
        IoPath.GetFileName(file) == "conftest.py"
        || (
            // A pipe has no length and is read without an end; no module is that large.
            new FileInfo(file).Length
                is > 0
                    and <= MaxModuleBytes
            && File.ReadLines(file)
                .Any(line =>
                    line.StartsWith("import pytest", StringComparison.Ordinal)
                    || line.StartsWith("from pytest", StringComparison.Ordinal)
                    || line.StartsWith("def test_", StringComparison.Ordinal)
                    || line.StartsWith("async def test_", StringComparison.Ordinal)
                )
        );

    private static string Inside(DirectoryPath project, string path)
    {
        var full = IoPath.GetFullPath(IoPath.Combine(project.FullPath, path));
        var relative = IoPath.GetRelativePath(project.FullPath, full).Replace('\\', '/');
        if (relative == "." || relative.StartsWith("..", StringComparison.Ordinal) || IoPath.IsPathRooted(relative))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{path}' in TestFiles is not below the project '{project.FullPath}'."
            );
        }

        return IoPath.Exists(full)
            ? relative
            : throw new PySignException(PySignFailure.MissingFile, $"'{path}' in TestFiles does not exist in '{project.FullPath}'.");
    }
}
