using PySign.Packaging.Sources;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Projects;

/// <summary>
/// The version in setup.cfg or setup.py. setup.py is a program: what is edited is a string literal that its one call of <c>setup()</c>
/// takes, or the one file of the tree that it reads a literal from; everything else is refused.
/// </summary>
internal sealed class SetupVersion(ProjectTree tree, VersionEdit edit)
{
    private const string Advice = "Give setup() the version as a plain string, or move the metadata to [project] of pyproject.toml.";

    private static readonly string[] _computers =
    [
        "versioneer",
        "git",
        "subprocess",
        "check_output",
        "setuptools_git_versioning",
        "versioningit",
        "incremental",
    ];

    private static readonly string[] _names = ["__version__", "VERSION", "__VERSION__"];

    public VersionInjection Find()
    {
        if (tree.SetupCfg?.Find("metadata", "version") is { Value.Length: > 0 } found && tree.File("setup.cfg") is { } file)
            return Cfg(file, found);
        if (tree.File("setup.py") is null)
            return VersionEdit.Refuse("setup.cfg", "no version in [metadata]", "Add 'version' to [metadata].");
        return tree.SetupScript is { } script
            ? Script(script)
            : VersionEdit.Refuse("setup.py", "Python that cannot be taken apart", Advice);
    }

    private VersionInjection Cfg(SourceFile file, SourceSpan found)
    {
        const string Attribute = "attr:";
        const string Text = "file:";
        if (found.Value.StartsWith(Attribute, StringComparison.Ordinal))
            return edit.Attribute(Place(found.Value[Attribute.Length..].Trim(), "[metadata] of setup.cfg"));
        if (found.Value.StartsWith(Text, StringComparison.Ordinal))
            return edit.At(new VersionPlace.TextFile(found.Value[Text.Length..].Trim(), "[metadata] of setup.cfg"));
        return PythonVersion.TryParse(found.Value, out _)
            ? edit.Replace(file, found, "version in [metadata]")
            : VersionEdit.Refuse("setup.cfg", $"version = {found.Value}", "Write the version itself, 'attr: module.name' or 'file: NAME'.");
    }

    private VersionPlace.Attribute Place(string dotted, string owner)
    {
        var folders = new List<string>();
        var packages = new Dictionary<string, string>(StringComparer.Ordinal);

        // package_dir is a list of "name = folder", in lines or between commas; an empty name is the root.
        foreach (var line in Items(tree.SetupCfg?.Text("options", "package_dir")))
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var folder])
                continue;
            if (name.Length == 0)
                folders.Add(folder);
            else
                packages[name] = folder;
        }

        folders.AddRange(Items(tree.SetupCfg?.Text("options.packages.find", "where")));
        var (module, attribute) = BuildBackends.Split(dotted);
        return new VersionPlace.Attribute(module, attribute, folders, packages, owner);
    }

    private static string[] Items(string? value) =>
        (value ?? string.Empty).Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private VersionInjection Script(SetupScript script)
    {
        var module = script.Module;
        if (script.Versions != 1)
        {
            return VersionEdit.Refuse(
                "setup.py",
                script.Versions > 1 ? $"{script.Versions} calls of setup() with a version"
                    : script.HasSpread ? "setup() takes keywords computed elsewhere (**)"
                    : "no version given to setup()",
                Advice
            );
        }

        var value = script.Version;
        var text = string.Concat(value.Select(module.Word));
        if (value is [var one] && module.Plain(one) is { } literal)
            return edit.Replace(tree.File("setup.py")!, literal, "version of setup()");
        if (value is [{ Kind: PythonTokenKind.Word } name] && module.Find(module.Word(name)) is { } binding)
        {
            if (binding.Literal is { } assigned)
                return edit.Replace(tree.File("setup.py")!, assigned, module.Word(name));
            if (binding.Import is { Level: 0 } import)
                return edit.Attribute(Place($"{import.Module}.{import.Name}", "the import in setup.py"));
        }

        // version=package.__version__, after import package
        if (
            value.Count > 2
            && value.Select((token, i) => i % 2 == 0 ? token.Kind == PythonTokenKind.Word : module.Is(token, ".")).All(isSo => isSo)
            && BuildBackends.Split(text) is var (imported, attribute)
            && Imports(module, imported)
        )
            return edit.Attribute(Place($"{imported}.{attribute}", "the import in setup.py"));
        return _computers.FirstOrDefault(script.Uses) is { } computer
            ? VersionEdit.Refuse("setup.py", $"version={Short(text)}, and '{computer}' at work", Advice)
            : ReadFile(script, text);
    }

    private static bool Imports(PythonModule module, string name) =>
        module.Statements.Any(statement =>
            module.Is(statement.Tokens[0], "import")
            && string.Concat(statement.Tokens.Skip(1).Select(module.Word)).Split(',').Contains(name, StringComparer.Ordinal)
        );

    // The idiom of the packaging guide: setup.py opens a file of the package and takes __version__ out of it, by a pattern or by exec.
    private VersionInjection ReadFile(SetupScript script, string text)
    {
        var places = new Dictionary<string, VersionInjection>(StringComparer.Ordinal);
        foreach (
            var path in script
                .Paths()
                .Select(SourceFile.Normalize)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Where(path => path != "setup.py")
        )
        {
            if (tree.File(path) is { } file && Place(script, file) is { } place)
                places[path] = place;
        }

        return places.Count == 1
            ? places.Values.First()
            : VersionEdit.Refuse(
                "setup.py",
                $"version={Short(text)}, "
                    + (places.Count == 0 ? "which only running it tells" : $"and versions in {string.Join(" and ", places.Keys)}"),
                Advice
            );
    }

    private VersionInjection? Place(SetupScript script, SourceFile file)
    {
        if (!file.Path.EndsWith(".py", StringComparison.Ordinal))
        {
            var text = edit.At(new VersionPlace.TextFile(file.Path, "setup.py"));
            return text.Refusal is null && PythonVersion.TryParse(text.Found, out _) ? text : null;
        }

        var names = _names.Where(script.Mentions).ToList();
        var found = (names.Count > 0 ? names : ["version"])
            .Select(name => edit.At(new VersionPlace.FileAttribute(file.Path, name, "setup.py")))
            .Where(place => place.Refusal is null && PythonVersion.TryParse(place.Found, out _))
            .ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static string Short(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");
}
