using PySign.Packaging.Metadata;
using PySign.Packaging.Names;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Projects;

/// <summary>
/// A pyproject.toml (pyproject.toml specification, PEP 517, 518 and 621): what it says, and edits of its name, version and URLs that
/// leave every other byte as it is. Values do not change; an edit gives a new one.
/// </summary>
public sealed class PyProject
{
    private static readonly string[] _olderFiles = ["setup.cfg", "setup.py"];

    private readonly TomlTable? _project;
    private readonly string _found;

    private PyProject(TomlDocument document, string found)
    {
        Document = document;
        _project = Tables.Optional(document.Root, "project", "project");
        _found = Tables.Optional(Tables.Optional(document.Root, "tool", "tool"), "poetry", "tool.poetry") is null
            ? found
            : Join("[tool.poetry]", found);
        var system = Tables.Optional(document.Root, "build-system", "build-system");
        BuildBackend = Tables.Text(system, "build-backend", "build-system.build-backend");
        BuildRequires = Tables.Texts(system, "requires", "build-system.requires");
        Name = Tables.Text(_project, "name", "project.name");
        Version = Tables.Text(_project, "version", "project.version");
        RequiresPython = Tables.Text(_project, "requires-python", "project.requires-python");
        Dynamic = Tables.Texts(_project, "dynamic", "project.dynamic");
        Urls = Tables.Urls(_project);
        RefuseContradictions();
    }

    /// <summary>The document behind it, for what has no property here.</summary>
    public TomlDocument Document { get; }

    /// <summary>Whether there is a <c>[project]</c> table, in whatever form it is written.</summary>
    public bool HasProjectTable => _project is not null;

    /// <summary>The static name, or null.</summary>
    public string? Name { get; }

    /// <summary>The static version as written, or null.</summary>
    public string? Version { get; }

    /// <summary>The version specifier of Python versions, or null.</summary>
    public string? RequiresPython { get; }

    /// <summary>The fields that the build back end computes.</summary>
    public IReadOnlyList<string> Dynamic { get; }

    /// <summary>The labeled URLs, in file order.</summary>
    public IReadOnlyList<ProjectUrl> Urls { get; }

    /// <summary>The build back end, for example <c>setuptools.build_meta</c>, or null when none is named (setuptools' legacy back end is
    /// meant).</summary>
    public string? BuildBackend { get; }

    /// <summary>What must be installed to build, as dependency specifiers.</summary>
    public IReadOnlyList<string> BuildRequires { get; }

    /// <summary>What a template brought and nobody has replaced, in file order.</summary>
    public IReadOnlyList<ProjectPlaceholder> Placeholders => ProjectPlaceholder.In(Document);

    /// <summary>Where the back end takes its version from, or null when the version is static or there is no <c>[project]</c>
    /// table.</summary>
    public DynamicSource? VersionSource =>
        _project is not null && IsDynamic("version") ? DynamicVersion.Describe(BuildBackends.Place(this)) : null;

    /// <summary>Reads the text of a pyproject.toml.</summary>
    /// <exception cref="TomlException">The text is not TOML 1.0.</exception>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.InvalidProject"/>: a value has the wrong type or contradicts
    /// another.</exception>
    public static PyProject Parse(string text) => new(Document10(text), string.Empty);

    /// <summary>Reads a pyproject.toml from its file, or from the folder it stands in.</summary>
    /// <exception cref="TomlException">The file is not UTF-8 or not TOML 1.0.</exception>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.FileNotFound"/>: there is no such file; the advice names setup.cfg or setup.py where they stand instead.
    /// <see cref="PackagingFailure.InvalidProject"/>: as for text.
    /// </exception>
    public static PyProject Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "pyproject.toml") : path;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var others = string.Join(" and ", _olderFiles.Where(name => File.Exists(Path.Combine(folder, name))));
        if (!File.Exists(file))
        {
            throw new PackagingException(
                PackagingFailure.FileNotFound,
                file,
                "a pyproject.toml",
                others.Length == 0
                    ? "Name the folder of a Python project."
                    : $"This project keeps its metadata in {others}; change it there."
            );
        }

        // A pipe has no length, and reading one may never end.
        return new PyProject(Document10(new FileInfo(file).Length == 0 ? [] : File.ReadAllBytes(file)), others);
    }

    /// <summary>Gives the project with another name in <c>[project]</c>.</summary>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidName"/>, <see cref="PackagingFailure.NoProjectTable"/>,
    /// <see cref="PackagingFailure.DynamicField"/> or <see cref="PackagingFailure.MissingField"/>.
    /// </exception>
    public PyProject WithName(string name)
    {
        RequireProject("name");
        _ = ProjectName.Parse(name);
        if (IsDynamic("name"))
            throw new PackagingException(
                PackagingFailure.DynamicField,
                "project.name",
                "a static name",
                "A name must be static (PEP 621); remove it from 'dynamic'."
            );
        return WithStatic("name", Name, name);
    }

    /// <summary>Gives the project with another version in <c>[project]</c>, written as given.</summary>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidVersion"/>, <see cref="PackagingFailure.NoProjectTable"/>,
    /// <see cref="PackagingFailure.MissingField"/>, or <see cref="PackagingFailure.DynamicField"/>: the advice is that of
    /// <see cref="VersionSource"/>.
    /// </exception>
    public PyProject WithVersion(string version)
    {
        RequireProject("version");
        _ = PythonVersion.Parse(version);
        if (VersionSource is { } source)
            throw new PackagingException(
                PackagingFailure.DynamicField,
                "project.version",
                $"a static version, but {BuildBackend ?? "the back end"} computes it",
                source.Advice
            );
        return WithStatic("version", Version, version);
    }

    /// <summary>
    /// Gives the project with a URL under a label. Labels are compared in normal form: <c>Home Page</c> replaces the value of
    /// <c>homepage</c>, whose key stays as it is. A missing label is added, and so is a missing table.
    /// </summary>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidValue"/>, <see cref="PackagingFailure.NoProjectTable"/>,
    /// <see cref="PackagingFailure.DynamicField"/> or <see cref="PackagingFailure.AmbiguousUrlLabel"/>.
    /// </exception>
    public PyProject WithUrl(string label, string url)
    {
        RequireProject("urls");
        var normalized = ProjectUrl.NormalizeLabel(label);

        // "Labels are at most 32 characters" (core metadata, Project-URL); a comma would end the label there.
        if (normalized.Length == 0 || label.Length > 32 || label.Contains(',', StringComparison.Ordinal) || label.Any(char.IsControl))
            throw Value(label, "a label of 1 to 32 characters without comma");
        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || parsed.UserInfo.Length > 0
            || (parsed.Scheme != Uri.UriSchemeHttps && parsed.Scheme != Uri.UriSchemeHttp)
            || url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        )
            throw Value("URL", "an absolute http or https URL without user name, blanks and control characters");
        if (IsDynamic("urls"))
            throw new PackagingException(
                PackagingFailure.DynamicField,
                "project.urls",
                "static URLs",
                "The back end computes them; remove 'urls' from 'dynamic' to set them here."
            );
        var same = Urls.Where(entry => entry.NormalizedLabel == normalized).ToList();
        if (same.Count > 1)
            throw new PackagingException(
                PackagingFailure.AmbiguousUrlLabel,
                label,
                $"one label, but '{same[0].Label}' and '{same[1].Label}' are the same",
                "Remove one of them."
            );
        return Edited(["project", "urls", same.Count == 1 ? same[0].Label : label], url);
    }

    /// <summary>The whole text: every byte not asked to change is the same.</summary>
    public override string ToString() => Document.ToString();

    private static TomlDocument Document10(string text) => Document10(text, TomlDocument.Parse);

    private static TomlDocument Document10(byte[] utf8) => Document10(utf8, (bytes, version) => TomlDocument.Parse(bytes, version));

    // Python's tomllib reads 1.0 up to Python 3.14: a file of 1.1 would pass here and fail in the build.
    private static TomlDocument Document10<T>(T input, Func<T, TomlVersion, TomlDocument> parse)
    {
        try
        {
            return parse(input, TomlVersion.V1_0);
        }
        catch (TomlException refused) when (IsToml11(input, parse))
        {
            throw new TomlException(
                TomlFailure.NewerVersion,
                refused.Line,
                refused.Column,
                $"{refused.Explanation}; this is valid TOML 1.1, but the tomllib of Python 3.11 to 3.14 refuses it"
            );
        }
    }

    private static bool IsToml11<T>(T input, Func<T, TomlVersion, TomlDocument> parse)
    {
        try
        {
            return parse(input, TomlVersion.V1_1) is not null;
        }
        catch (TomlException)
        {
            return false;
        }
    }

    private PyProject WithStatic(string key, string? current, string value) =>
        current is null
            ? throw new PackagingException(
                PackagingFailure.MissingField,
                $"project.{key}",
                "a static value to replace",
                $"Add '{key}' to [project] or list it in 'dynamic'."
            )
            : Edited(["project", key], value);

    private PyProject Edited(string[] path, string value) => new(Document.WithString(path, value), _found);

    private bool IsDynamic(string field) => Dynamic.Contains(field, StringComparer.Ordinal);

    private void RequireProject(string field)
    {
        if (_project is not null)
            return;
        throw new PackagingException(
            PackagingFailure.NoProjectTable,
            "pyproject.toml",
            $"a [project] table to set '{field}' in" + (_found.Length == 0 ? string.Empty : $", but found {_found}"),
            _found.Length == 0 ? "Add a [project] table." : $"Change it in {_found}, or move the metadata to [project]."
        );
    }

    private void RefuseContradictions()
    {
        if (Version is not null && IsDynamic("version"))
            throw new PackagingException(
                PackagingFailure.InvalidProject,
                "project.version",
                "a static or a dynamic version, not both",
                "Remove one of them."
            );
    }

    private static PackagingException Value(string input, string expected) =>
        new(PackagingFailure.InvalidValue, input, expected, "Give another value.");

    private static string Join(string first, string rest) => rest.Length == 0 ? first : $"{first} and {rest}";
}
