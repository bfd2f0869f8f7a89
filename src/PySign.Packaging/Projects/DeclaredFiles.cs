using System.Text.RegularExpressions;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>
/// Files that a project's configuration says its build writes, or takes whether version control has them or not: what each back end and
/// plugin documents, in one table. That a file is written by the build excuses it; that a folder or a pattern is taken does not say that
/// all that lies there is meant, so whoever asks has to look at what is there (<see cref="Taking"/>).
/// </summary>
public sealed class DeclaredFiles
{
    // Where the key stands; "*" is any name. What it holds; where the path starts; the page that says so.
    private static readonly Row[] _rows =
    [
        // https://setuptools-scm.readthedocs.io/en/latest/config/: version_file, and write_to before version 8.
        new("setuptools-scm", ["tool", "setuptools_scm", "version_file"], Holds.Path),
        new("setuptools-scm", ["tool", "setuptools_scm", "write_to"], Holds.Path),
        // https://github.com/ofek/hatch-vcs#build-hook: version-file, for all targets or one.
        new("hatch-vcs", ["tool", "hatch", "build", "hooks", "vcs", "version-file"], Holds.Path),
        new("hatch-vcs", ["tool", "hatch", "build", "targets", "*", "hooks", "vcs", "version-file"], Holds.Path),
        // https://hatch.pypa.io/latest/plugins/build-hook/version/: path.
        new("hatchling", ["tool", "hatch", "build", "hooks", "version", "path"], Holds.Path),
        new("hatchling", ["tool", "hatch", "build", "targets", "*", "hooks", "version", "path"], Holds.Path),
        // https://hatch.pypa.io/latest/config/build/#artifacts: what version control ignores and build hooks make.
        new("hatchling", ["tool", "hatch", "build", "artifacts"], Holds.Patterns),
        new("hatchling", ["tool", "hatch", "build", "targets", "*", "artifacts"], Holds.Patterns),
        // https://hatch.pypa.io/latest/config/build/#forced-inclusion: from the key's path to the value's in the distribution.
        new("hatchling", ["tool", "hatch", "build", "force-include"], Holds.Moves),
        new("hatchling", ["tool", "hatch", "build", "targets", "sdist", "force-include"], Holds.Moves),
        // https://hatch.pypa.io/latest/config/build/#rewriting-paths: folders taken off, or a table of folders and what replaces them.
        new("hatchling", ["tool", "hatch", "build", "sources"], Holds.Rewrites),
        new("hatchling", ["tool", "hatch", "build", "targets", "sdist", "sources"], Holds.Rewrites),
        // https://github.com/rmorshea/hatch-build-scripts#usage: artifacts of each script.
        new("hatch-build-scripts", ["tool", "hatch", "build", "hooks", "build-scripts", "scripts", "*", "artifacts"], Holds.Patterns),
        // https://flit.pypa.io/en/stable/pyproject_toml.html#sdist-section: include, names and globs.
        new("flit", ["tool", "flit", "sdist", "include"], Holds.Globs),
        // https://flit.pypa.io/en/stable/pyproject_toml.html#external-data-section: directory, all of it.
        new("flit", ["tool", "flit", "external-data", "directory"], Holds.Globs),
        // https://python-poetry.org/docs/pyproject/#include-and-exclude: a path, or a table with one; ignored files too.
        new("poetry-core", ["tool", "poetry", "include"], Holds.Globs),
        // https://github.com/mtkennerly/poetry-dynamic-versioning#configuration: files."name" is written with the version in it.
        new("poetry-dynamic-versioning", ["tool", "poetry-dynamic-versioning", "files"], Holds.Keys),
        // https://backend.pdm-project.org/metadata/#dynamic-version-from-scm: write_to, below the package folder.
        new("pdm-backend", ["tool", "pdm", "version", "write_to"], Holds.Path),
        // https://backend.pdm-project.org/build_config/#include-or-exclude-files: includes and source-includes, names and globs.
        new("pdm-backend", ["tool", "pdm", "build", "source-includes"], Holds.Globs),
        new("pdm-backend", ["tool", "pdm", "build", "includes"], Holds.Globs),
        // https://github.com/pdm-project/pdm-pep517#build-configurations: the same keys before version 1.
        new("pdm-pep517", ["tool", "pdm", "source-includes"], Holds.Globs),
        new("pdm-pep517", ["tool", "pdm", "includes"], Holds.Globs),
        // https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html#generated-files: generate, path.
        new("scikit-build-core", ["tool", "scikit-build", "generate"], Holds.Paths),
        // https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html: sdist.include, as .gitignore has them.
        new("scikit-build-core", ["tool", "scikit-build", "sdist", "include"], Holds.Patterns),
        // https://www.maturin.rs/config.html: include, a path or a table with one; sdist-include before version 0.15.
        new("maturin", ["tool", "maturin", "include"], Holds.Globs),
        new("maturin", ["tool", "maturin", "sdist-include"], Holds.Globs),
        // https://docs.astral.sh/uv/concepts/build-backend/: source-include, names and globs; data, folders.
        new("uv_build", ["tool", "uv", "build-backend", "source-include"], Holds.Globs),
        new("uv_build", ["tool", "uv", "build-backend", "data", "*"], Holds.Globs),
        // https://versioningit.readthedocs.io/en/stable/configuration.html#the-tool-versioningit-write-table: file.
        new("versioningit", ["tool", "versioningit", "write", "file"], Holds.Path),
        // https://github.com/python-versioneer/python-versioneer/blob/master/INSTALL.md: versionfile_source is rewritten in the sdist.
        new("versioneer", ["tool", "versioneer", "versionfile_source"], Holds.Path),
    ];

    // What back ends write into every sdist, by the root of build-backend; "*" is whoever it is.
    private static readonly (string BackEnd, string[] Names)[] _always =
    [
        // https://packaging.python.org/en/latest/specifications/source-distribution-format/
        ("*", ["PKG-INFO"]),
        // setuptools writes setup.cfg ([egg_info]) into each; older versions of poetry-core a setup.py.
        ("*", ["setup.cfg", "setup.py"]),
        // https://docs.openstack.org/pbr/latest/user/features.html#authors-and-changelog
        ("*", ["AUTHORS", "ChangeLog", "RELEASENOTES.rst"]),
        // https://www.maturin.rs/distribution.html#source-distribution: the lock file is made where there is none.
        ("maturin", ["Cargo.lock"]),
    ];

    private static readonly Regex _setupKeyword = new(
        """\b(?:write_to|version_file|versionfile_source)\b["']?\s*[:=]\s*(?<quote>["']?)(?<path>[\w./-]+)\k<quote>""",
        RegexOptions.CultureInvariant,
        TimeSpan.FromSeconds(1)
    );

    private static readonly string[] _olderFiles = ["setup.py", "setup.cfg"];

    // What setuptools and pbr write into NAME.egg-info, whether it was there before or not.
    private static readonly HashSet<string> _eggInfo = new(StringComparer.Ordinal)
    {
        "PKG-INFO",
        "SOURCES.txt",
        "dependency_links.txt",
        "depends.txt",
        "eager_resources.txt",
        "entry_points.txt",
        "namespace_packages.txt",
        "native_libs.txt",
        "not-zip-safe",
        "pbr.json",
        "requires.txt",
        "scm_file_list.json",
        "scm_version.json",
        "top_level.txt",
        "zip-safe",
    };

    private readonly string _folder;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _made;
    private readonly List<FileDeclaration> _taken = [];

    private DeclaredFiles(string folder)
    {
        _folder = Path.GetFullPath(folder).Replace('\\', '/').TrimEnd('/');
        var project = Read(folder, "pyproject.toml");
        var hatch = Read(folder, "hatch.toml");
        foreach (var row in _rows)
        {
            Add(row, TomlPath.Values(project?.Root, row.Key));

            // Hatch's own file has the same tables without their first two names, and wins; declared is what either says.
            if (row.Key is ["tool", "hatch", ..])
                Add(row, TomlPath.Values(hatch?.Root, row.Key[2..]));
        }

        foreach (var name in SetupKeywords(folder))
            AddWritten(name);
        foreach (var declaration in ManifestTemplate.Read(folder))
            _taken.Add(declaration);
        var backEnd = TomlPath.Text(project?.Root, "build-system", "build-backend") ?? "setuptools";
        _made = _always
            .Where(row => row.BackEnd == "*" || row.BackEnd == BuildBackends.Root(backEnd))
            .SelectMany(row => row.Names)
            .ToHashSet(StringComparer.Ordinal);
    }

    private enum Holds
    {
        /// <summary>The path of a file that the build writes.</summary>
        Path,

        /// <summary>A list of tables, each with the path of a file that the build writes.</summary>
        Paths,

        /// <summary>A table whose keys are paths of files that the build writes.</summary>
        Keys,

        /// <summary>Names and globs of what is taken, or tables with one as their path.</summary>
        Globs,

        /// <summary>Patterns as .gitignore has them of what is taken although it is ignored.</summary>
        Patterns,

        /// <summary>A table: what is taken, and where it goes.</summary>
        Moves,

        /// <summary>Folders whose contents go elsewhere: to the top, or, in a table, to where its values say.</summary>
        Rewrites,
    }

    /// <summary>Back ends and plugins that have a row, each row's key in dotted form.</summary>
    public static IReadOnlyList<(string BackEnd, string Key)> Table => [.. _rows.Select(row => (row.BackEnd, string.Join('.', row.Key)))];

    /// <summary>Reads what the files in a project's folder declare. What cannot be read declares nothing.</summary>
    /// <param name="folder">With pyproject.toml, hatch.toml, setup.cfg or setup.py.</param>
    public static DeclaredFiles Of(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new DeclaredFiles(folder);
    }

    /// <summary>Whether the configuration names a file as one that the build writes, such as a version file.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public bool IsWritten(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _written.Contains(name);
    }

    /// <summary>Whether back ends are known to write such a file into a sdist, where the tree has none.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public bool IsMade(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _made.Contains(name) || InEggInfo(name);
    }

    /// <summary>Whether back ends write such a file themselves even where the tree has one.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public static bool IsRewritten(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name == "PKG-INFO" || (InEggInfo(name) && _eggInfo.Contains(name[(name.LastIndexOf('/') + 1)..]));
    }

    /// <summary>The declarations that take a file.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public IReadOnlyList<FileDeclaration> Taking(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return [.. _taken.Where(one => one.SourceOf(name) is not null)];
    }

    private static bool InEggInfo(string name) =>
        name.LastIndexOf('/') is > 0 and var slash && name[..slash].EndsWith(".egg-info", StringComparison.Ordinal);

    private void Add(Row row, IEnumerable<TomlValue> values)
    {
        foreach (var value in values)
        {
            switch (row.Holds)
            {
                case Holds.Path:
                    AddWritten(Text(value));
                    break;
                case Holds.Paths:
                    foreach (var item in Items(value).OfType<TomlTable>())
                        AddWritten(TomlPath.Text(item, "path"));
                    break;
                case Holds.Keys when value is TomlTable table:
                    foreach (var key in table.Keys)
                        AddWritten(key);
                    break;
                case Holds.Globs:
                    foreach (var item in Items(value))
                        AddTaken(FileDeclaration.OfGlob(Text(item) ?? (item is TomlTable table ? TomlPath.Text(table, "path") : null)));
                    break;
                case Holds.Patterns:
                    foreach (var item in Items(value))
                        AddTaken(FileDeclaration.OfIgnorePattern(Text(item)));
                    break;
                case Holds.Rewrites when value is TomlTable table:
                    foreach (var key in table.Keys)
                        AddTaken(FileDeclaration.OfRewrite(key, TomlPath.Text(table, key)));
                    break;
                case Holds.Rewrites:
                    foreach (var item in Items(value))
                        AddTaken(FileDeclaration.OfRewrite(Text(item), ""));
                    break;
                case Holds.Moves when value is TomlTable table:
                    foreach (var key in table.Keys)
                        AddTaken(FileDeclaration.OfMove(key, TomlPath.Text(table, key)));
                    break;
            }
        }
    }

    private static IEnumerable<TomlValue> Items(TomlValue value) => value is TomlArray array ? array.Items : [value];

    private static string? Text(TomlValue value) => value is TomlString text ? text.Value : null;

    private void AddTaken(FileDeclaration? declaration)
    {
        if (declaration is not null)
            _taken.Add(declaration);
    }

    private void AddWritten(string? path)
    {
        var name = FileDeclaration.Plain(path);
        if (name.Length == 0 || name.AsSpan().IndexOfAny("*?[") >= 0)
            return;
        _written.Add(name);

        // Some name it below the package folder, which may be src.
        _written.Add("src/" + name);

        // setuptools_scm's write_to starts at the repository's root, which may be a folder above.
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            if (_folder.EndsWith("/" + name[..slash], StringComparison.Ordinal))
                _written.Add(name[(slash + 1)..]);
        }
    }

    // setuptools_scm's keyword of setup() and setup.cfg; versioneer's section. The dictionary is written in many ways, its two names are
    // not.
    private static IEnumerable<string> SetupKeywords(string folder) =>
        _olderFiles
            .Select(name => Sources.SourceFile.Find(folder, name)?.Text)
            .OfType<string>()
            .SelectMany(text => _setupKeyword.Matches(text))
            .Select(match => match.Groups["path"].Value);

    private static TomlDocument? Read(string folder, string name)
    {
        try
        {
            var path = Path.Combine(folder, name);
            return File.Exists(path) ? TomlDocument.Parse(File.ReadAllBytes(path)) : null;
        }
        catch (TomlException)
        {
            return null;
        }
    }

    private sealed record Row(string BackEnd, string[] Key, Holds Holds);
}
