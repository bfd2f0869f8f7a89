using System.Text;
using System.Text.RegularExpressions;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>
/// Files that a project's configuration says its build makes, or takes although version control ignores them: what each back end and plugin
/// documents, in one table.
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
        // https://hatch.pypa.io/latest/config/build/#forced-inclusion: the value is the path in the distribution.
        new("hatchling", ["tool", "hatch", "build", "force-include"], Holds.Values),
        new("hatchling", ["tool", "hatch", "build", "targets", "sdist", "force-include"], Holds.Values),
        // https://flit.pypa.io/en/stable/pyproject_toml.html#sdist-section: include, here whole names only.
        new("flit", ["tool", "flit", "sdist", "include"], Holds.Paths),
        // https://python-poetry.org/docs/pyproject/#include-and-exclude: a path, or a table with one; ignored files too.
        new("poetry-core", ["tool", "poetry", "include"], Holds.Paths),
        // https://github.com/mtkennerly/poetry-dynamic-versioning#configuration: files."name" is written with the version in it.
        new("poetry-dynamic-versioning", ["tool", "poetry-dynamic-versioning", "files"], Holds.Keys),
        // https://backend.pdm-project.org/metadata/#dynamic-version-from-scm: write_to, below the package folder.
        new("pdm-backend", ["tool", "pdm", "version", "write_to"], Holds.Path),
        // https://backend.pdm-project.org/build_config/#include-or-exclude-files: source-includes, here whole names only.
        new("pdm-backend", ["tool", "pdm", "build", "source-includes"], Holds.Paths),
        // The same page: includes, here names of files only; a package's folder would declare all that lies in it.
        new("pdm-backend", ["tool", "pdm", "build", "includes"], Holds.Files),
        // https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html#generated-files: generate, path.
        new("scikit-build-core", ["tool", "scikit-build", "generate"], Holds.Paths),
        // https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html: sdist.include, here whole names only.
        new("scikit-build-core", ["tool", "scikit-build", "sdist", "include"], Holds.Paths),
        // https://www.maturin.rs/config.html: include, a path or a table with one.
        new("maturin", ["tool", "maturin", "include"], Holds.Paths),
        // https://docs.astral.sh/uv/concepts/build-backend/: source-include, here whole names only.
        new("uv_build", ["tool", "uv", "build-backend", "source-include"], Holds.Paths),
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

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _made;
    private readonly List<Regex> _patterns = [];

    private DeclaredFiles(string folder)
    {
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
            AddName(name);
        var backEnd = TomlPath.Text(project?.Root, "build-system", "build-backend") ?? "setuptools";
        _made = _always
            .Where(row => row.BackEnd == "*" || row.BackEnd == BuildBackends.Root(backEnd))
            .SelectMany(row => row.Names)
            .ToHashSet(StringComparer.Ordinal);
    }

    private enum Holds
    {
        /// <summary>A path.</summary>
        Path,

        /// <summary>A list of paths, or of tables with a path; what has a wildcard declares nothing.</summary>
        Paths,

        /// <summary>A list of paths, of which only files (names with a dot) declare something.</summary>
        Files,

        /// <summary>A list of patterns as .gitignore has them.</summary>
        Patterns,

        /// <summary>A table whose values are paths.</summary>
        Values,

        /// <summary>A table whose keys are paths.</summary>
        Keys,
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

    /// <summary>Whether the configuration declares a file, or one of its folders.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _names.Contains(name)
            || FoldersAbove(name).Any(folder => _names.Contains(folder) || folder.EndsWith(".egg-info", StringComparison.Ordinal))
            || _patterns.Exists(pattern => pattern.IsMatch(name));
    }

    /// <summary>Whether back ends are known to write such a file into a sdist, where the tree has none.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public bool IsMade(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _made.Contains(name);
    }

    private void Add(Row row, IEnumerable<TomlValue> values)
    {
        foreach (var value in values)
        {
            switch (row.Holds)
            {
                case Holds.Path:
                    AddName(Text(value));
                    break;
                case Holds.Paths:
                    foreach (var item in Items(value))
                        AddName(Text(item) ?? (item is TomlTable table ? TomlPath.Text(table, "path") : null));
                    break;
                case Holds.Files:
                    foreach (var item in Items(value).Where(item => Path.HasExtension(Text(item))))
                        AddName(Text(item));
                    break;
                case Holds.Patterns:
                    foreach (var item in Items(value))
                        AddPattern(Text(item));
                    break;
                case Holds.Values when value is TomlTable table:
                    foreach (var key in table.Keys)
                        AddName(TomlPath.Text(table, key));
                    break;
                case Holds.Keys when value is TomlTable table:
                    foreach (var key in table.Keys)
                        AddName(key);
                    break;
            }
        }
    }

    private static IEnumerable<TomlValue> Items(TomlValue value) => value is TomlArray array ? array.Items : [value];

    private static string? Text(TomlValue value) => value is TomlString text ? text.Value : null;

    private void AddName(string? path)
    {
        var name = path?.Replace('\\', '/').TrimStart('/').TrimEnd('/');
        if (name is not { Length: > 0 } || name.AsSpan().IndexOfAny("*?[") >= 0)
            return;
        name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        _names.Add(name);

        // Some name it below the package folder, which may be src.
        _names.Add("src/" + name);
    }

    // gitignore(5): without a slash before its end a pattern fits at any depth, a star stops at a slash, two stars do not.
    private void AddPattern(string? pattern)
    {
        var text = pattern?.Trim().TrimEnd('/');
        if (text is not { Length: > 0 } || text.StartsWith('!') || text is "*" or "**")
            return;
        var anywhere = !text.Contains('/', StringComparison.Ordinal);
        var expression = new StringBuilder(anywhere ? "^(?:.*/)?" : "^");
        text = text.TrimStart('/');
        for (var i = 0; i < text.Length; i++)
        {
            var isDouble = text[i] == '*' && i + 1 < text.Length && text[i + 1] == '*';
            expression.Append(
                isDouble ? ".*"
                : text[i] == '*' ? "[^/]*"
                : text[i] == '?' ? "[^/]"
                : Regex.Escape(text[i].ToString())
            );
            if (isDouble)
                i += i + 2 < text.Length && text[i + 2] == '/' ? 2 : 1;
        }

        _patterns.Add(new Regex(expression.Append("(?:/.*)?$").ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)));
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

    private static IEnumerable<string> FoldersAbove(string name)
    {
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
            yield return name[..slash];
    }

    private sealed record Row(string BackEnd, string[] Key, Holds Holds);
}
