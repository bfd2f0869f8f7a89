using PySign.Packaging.Distributions;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// What version control has and the distributions do not. Every back end takes modules by the folder: of a package in the wheel, a module
/// that is missing beside others has been lost, unless the project says that it excludes something.
/// </summary>
internal sealed class Completeness
{
    // Where top-level packages lie.
    private static readonly string[] _roots = ["", "src/", "lib/", "python/"];

    // Beside packages, and hardly ever meant for a wheel.
    private static readonly HashSet<string> _companions = new(StringComparer.OrdinalIgnoreCase)
    {
        "benchmark",
        "benchmarks",
        "ci",
        "doc",
        "docs",
        "example",
        "examples",
        "script",
        "scripts",
        "task",
        "tasks",
        "test",
        "testing",
        "tests",
        "tools",
        "util",
        "utils",
    };

    private static readonly string[][] _excluding =
    [
        ["tool", "setuptools", "packages", "find", "exclude"],
        ["tool", "setuptools", "exclude-package-data"],
        ["tool", "hatch", "build"],
        ["tool", "poetry", "exclude"],
        ["tool", "poetry", "include"],
        ["tool", "poetry", "packages"],
        ["tool", "flit", "sdist", "exclude"],
        ["tool", "pdm", "build", "excludes"],
        ["tool", "pdm", "excludes"],
        ["tool", "uv", "build-backend", "source-exclude"],
        ["tool", "maturin", "exclude"],
        ["tool", "scikit-build", "sdist", "exclude"],
    ];

    private readonly CheckedBuild _build;
    private readonly HashSet<string> _sdist;
    private readonly List<string> _wheel;
    private readonly PyProject? _project;

    public Completeness(CheckedBuild build)
    {
        _build = build;
        _sdist = Files(DistributionKind.Sdist).ToHashSet(StringComparer.Ordinal);
        _wheel = [.. Files(DistributionKind.Wheel)];
        var path = IoPath.Combine(build.Project.FullPath, "pyproject.toml");
        _project = File.Exists(path) ? PyProject.Load(path) : null;
    }

    /// <summary>Whether the project says that some of its files stay out.</summary>
    public bool Excludes =>
        _excluding.Any(key => _project?.Document.Find(key) is not null)
        || Lines("MANIFEST.in")
            .Any(line => line.Contains("exclude", StringComparison.Ordinal) || line.StartsWith("prune", StringComparison.Ordinal))
        || Lines(".gitattributes").Any(line => line.Contains("export-ignore", StringComparison.Ordinal));

    /// <summary>Files that version control has, that every back end takes, and that are not in the sdist.</summary>
    public IReadOnlyList<string> Missing()
    {
        if (_sdist.Count == 0)
        {
            return [];
        }

        var folders = _sdist.Where(IsModule).Select(Folder).ToHashSet(StringComparer.Ordinal);
        var packages = PackageFolders();
        return
        [
            .. _build
                .Tracked.Where(name => !_sdist.Contains(name) && Exists(name))
                .Where(name =>
                    IsNamed(name)
                    || (
                        IsModule(name)
                        && folders.Contains(Folder(name))
                        && packages.Any(package => (name + "/").StartsWith(package + "/", StringComparison.Ordinal))
                    )
                )
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Top-level packages that version control has and no wheel does.</summary>
    public IReadOnlyList<string> PackagesInNoWheel()
    {
        if (_wheel.Count == 0)
        {
            return [];
        }

        var built = _wheel.Select(name => name.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _build
                .Tracked.Where(name => name.EndsWith("/__init__.py", StringComparison.Ordinal))
                .Select(name => name[..^"/__init__.py".Length])
                .Where(package =>
                    _roots.Any(root =>
                        package.StartsWith(root, StringComparison.Ordinal)
                        && !package[root.Length..].Contains('/', StringComparison.Ordinal)
                    )
                )
                .Where(package => !built.Contains(package[(package.LastIndexOf('/') + 1)..]))
                .Where(package => !package.Split('/').Any(_companions.Contains))
                .Order(StringComparer.Ordinal),
        ];
    }

    // The folders of the tree that the wheel's top-level packages come from: where modules of these names are tracked.
    private HashSet<string> PackageFolders()
    {
        var modules = _wheel
            .Where(name => IsModule(name) && name.Contains('/', StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in _build.Tracked.Where(IsModule))
        {
            for (var start = 0; name.IndexOf('/', start) is > 0 and var slash; start = slash + 1)
            {
                if (modules.Contains(name[start..]))
                {
                    folders.Add(name[..slash]);
                }
            }
        }

        return folders;
    }

    private bool IsNamed(string name) =>
        name == "pyproject.toml"
        || (
            _project?.Document.Find("project") is TomlTable project
            && (Text(project, "readme") ?? TextIn(project, "readme") ?? "") is { Length: > 0 } readme
            && readme == name
        );

    private IEnumerable<string> Files(DistributionKind kind) =>
        _build.Distributions.Where(one => one.Kind == kind).SelectMany(one => DistributionContents.Files(one.Path.FullPath));

    private IEnumerable<string> Lines(string file)
    {
        var path = IoPath.Combine(_build.Project.FullPath, file);
        return File.Exists(path) ? File.ReadLines(path).Select(line => line.Trim()).Where(line => !line.StartsWith('#')) : [];
    }

    private bool Exists(string name) => File.Exists(IoPath.Combine(_build.Project.FullPath, name));

    private static string? Text(TomlTable table, string key) =>
        table.TryGetValue(key, out var value) && value is TomlString text ? text.Value : null;

    private static string? TextIn(TomlTable table, string key) =>
        table.TryGetValue(key, out var value) && value is TomlTable inner ? Text(inner, "file") : null;

    private static bool IsModule(string name) =>
        name.EndsWith(".py", StringComparison.Ordinal) || name.EndsWith(".pyi", StringComparison.Ordinal);

    private static string Folder(string name) => name.LastIndexOf('/') is > 0 and var slash ? name[..slash] : "";
}
