using System.Text;
using System.Text.RegularExpressions;
using PySign.Packaging.Sources;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Projects;

/// <summary>Turns the place of a version into the edit of it, or into the refusal that names the place.</summary>
internal sealed class VersionEdit(ProjectTree tree, PythonVersion version)
{
    // From __init__ to _version to ... and no further.
    private const int MaxImports = 4;

    private static readonly string[] _moduleFolders = ["", "src"];

    public VersionInjection At(VersionPlace place) =>
        place switch
        {
            VersionPlace.TomlKey key => Toml(key),
            VersionPlace.Variable variable => new VersionInjection
            {
                Place = $"{variable.Names[0]}, which {variable.Owner} reads",
                Variables = variable.Names.ToDictionary(name => name, _ => version.Normalized, StringComparer.Ordinal),
            },
            VersionPlace.Attribute attribute => Attribute(attribute),
            VersionPlace.FileAttribute attribute => FileAttribute(attribute),
            VersionPlace.Pattern pattern => Pattern(pattern),
            VersionPlace.TextFile file => TextFile(file),
            VersionPlace.SetupFiles => new SetupVersion(tree, this).Find(),
            VersionPlace.Computed computed => Refuse(computed.Where, $"found {computed.Found}", computed.Advice),
            _ => throw new InvalidOperationException($"no edit for {place.GetType()}"),
        };

    public static VersionInjection Refuse(string where, string found, string advice) =>
        new()
        {
            Place = where,
            Refusal = new PackagingException(
                PackagingFailure.VersionNotEditable,
                where,
                $"one place that holds the version, but {found}",
                advice
            ),
        };

    /// <summary>Replaces a value in a file, unless it says the same version already.</summary>
    public VersionInjection Replace(SourceFile file, SourceSpan old, string what) =>
        new()
        {
            Place = $"{what} in {file.Path}",
            Found = old.Value,
            Files = IsSame(old.Value) ? [] : [new EditedFile(file.Path, file.With(old, version.Normalized))],
        };

    /// <summary>The module's file below one of the folders, whichever way it is written.</summary>
    public VersionInjection Attribute(VersionPlace.Attribute place)
    {
        var files = ModuleFiles(place);
        return files switch
        {
            [] => Refuse(
                place.Owner,
                $"'{place.Module}.{place.Name}', whose module is not in the tree",
                "See that the module is where the back end looks for it."
            ),
            [var file] => Binding(file, place.Name, place, MaxImports),
            _ => Refuse(
                place.Owner,
                $"'{place.Module}' is in {string.Join(" and ", files.Select(file => file.Path))}",
                "Leave one of them."
            ),
        };
    }

    private bool IsSame(string text) => PythonVersion.TryParse(text, out var found) && found.Normalized == version.Normalized;

    private VersionInjection Toml(VersionPlace.TomlKey place)
    {
        var what = $"{place.Key[^1]} in [{string.Join('.', place.Key.SkipLast(1))}]";
        if (tree.File(place.File) is not { } file)
            return Refuse(place.File, "there is no such file in the project", "Name the file that holds the version.");
        var document = TomlDocument.Parse(Encoding.Latin1.GetBytes(file.Text));
        if (document.Find([.. place.Key]) is not TomlString old)
            return Refuse(place.File, $"{what} is not a string", "Write the version there as a string.");

        // Cargo's versions are semantic ones: 1.2.3rc1 would be refused, and 1.2.3-rc.1 is not what was asked for.
        var isSemantic = version.Release.Count == 3 && version.Normalized.All(c => char.IsAsciiDigit(c) || c == '.');
        if (place.Key[0] == "package" && !isSemantic && !IsSame(old.Value))
            return Refuse(place.File, $"'{old.Value}'", $"Write {version.Normalized} there as a semantic version.");
        return new VersionInjection
        {
            Place = $"{what} of {place.File}",
            Found = old.Value,
            Files = IsSame(old.Value) ? [] : [new EditedFile(file.Path, document.WithString(place.Key, version.Normalized).ToUtf8())],
        };
    }

    private VersionInjection FileAttribute(VersionPlace.FileAttribute place) =>
        tree.File(place.File) is { } file ? Binding(file, place.Name, null, MaxImports) : Missing(place.File, place.Owner);

    private VersionInjection Pattern(VersionPlace.Pattern place)
    {
        const string Advice = "Write the version as one string in quotes, or make version static in [project].";
        if (tree.File(place.File) is not { } file)
            return Missing(place.File, place.Owner);
        if (PythonPattern.Read(place.Expression) is not { } pattern)
            return Refuse(
                place.Owner,
                $"the pattern '{place.Expression}' is more than can be read here",
                "Use a simpler pattern with one named group."
            );
        try
        {
            if (pattern.Match(file.Text).Groups[place.Group] is not { Success: true } found)
                return Refuse(place.File, $"nothing that the pattern of {place.Owner} finds", Advice);
            var edit = Replace(file, new SourceSpan(found.Index, found.Index + found.Length, found.Value), "the version");
            var after = edit.Files is [var edited]
                ? pattern.Match(Encoding.Latin1.GetString(edited.Content.Span)).Groups[place.Group].Value
                : found.Value;
            return IsSame(after)
                ? edit
                : Refuse(place.File, $"'{found.Value}', whose replacement the pattern of {place.Owner} would not find", Advice);
        }
        catch (RegexMatchTimeoutException)
        {
            return Refuse(place.Owner, $"the pattern '{place.Expression}' takes too long", "Use a simpler pattern with one named group.");
        }
    }

    private VersionInjection TextFile(VersionPlace.TextFile place)
    {
        if (tree.File(place.File) is not { } file)
            return Missing(place.File, place.Owner);
        var start = file.Text.Length - file.Text.TrimStart().Length;
        var value = file.Text.Trim();
        return value.Contains('\n', StringComparison.Ordinal) || value.Length == 0
            ? Refuse(place.File, $"{(value.Length == 0 ? "nothing" : "more than one line")}", "Keep nothing but the version in it.")
            : Replace(file, new SourceSpan(start, start + value.Length, value), "the version");
    }

    private VersionInjection Binding(SourceFile file, string name, VersionPlace.Attribute? place, int imports)
    {
        var advice =
            $"Write {name} = \"{version.Normalized}\" once, as a plain string at the top level, or make version static in [project].";
        if (PythonModule.Read(file.Text) is not { } module)
            return Refuse(file.Path, "Python that cannot be taken apart", advice);
        return module.Find(name) switch
        {
            null => Refuse(file.Path, $"it never sets {name}", advice),
            { Literal: { } literal } => Replace(file, literal, name),
            { Import: { } import } when imports > 0 && ImportedFile(file, import, place) is { } next => Binding(
                next,
                import.Name,
                place,
                imports - 1
            ),
            { Count: > 1 } binding => Refuse(file.Path, $"{name} is set {binding.Count} times, first by '{binding.Line}'", advice),
            { } binding => Refuse(file.Path, $"'{binding.Line}'", advice),
        };
    }

    private SourceFile? ImportedFile(SourceFile file, PythonImport import, VersionPlace.Attribute? place)
    {
        if (import.Level == 0)
            return place is null ? null
                : ModuleFiles(place with { Module = import.Module }) is [var one] ? one
                : null;
        var parts = file.Path.Split('/');
        if (parts.Length < import.Level)
            return null;
        var folder = string.Join('/', parts[..^import.Level]);
        return import.Module.Length == 0 ? null : ModuleFile(folder, import.Module);
    }

    // A package that is said to lie elsewhere, else the folders that are configured, else where modules lie by default.
    private List<SourceFile> ModuleFiles(VersionPlace.Attribute place)
    {
        var dot = place.Module.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? place.Module : place.Module[..dot];
        if (place.Packages.TryGetValue(first, out var elsewhere))
        {
            var found = dot < 0 ? tree.File(Join(elsewhere, "__init__.py")) : ModuleFile(elsewhere, place.Module[(dot + 1)..]);
            return found is null ? [] : [found];
        }

        var configured = place
            .Folders.Distinct(StringComparer.Ordinal)
            .Select(folder => ModuleFile(folder, place.Module))
            .OfType<SourceFile>()
            .ToList();
        return configured.Count > 0
            ? configured
            : [.. _moduleFolders.Select(folder => ModuleFile(folder, place.Module)).OfType<SourceFile>()];
    }

    private SourceFile? ModuleFile(string folder, string module)
    {
        var path = Join(folder, module.Replace('.', '/'));
        return module.Length == 0 ? null : tree.File(path + ".py") ?? tree.File(path + "/__init__.py");
    }

    private static string Join(string folder, string path) => folder.Trim('/') is "" or "." ? path : $"{folder.Trim('/')}/{path}";

    private static VersionInjection Missing(string file, string owner) =>
        Refuse(file, "there is no such file in the project", $"See the path in {owner}.");
}
