using PySign.Packaging.Sources;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>A project's folder, with the files that describe it: which of them decides on the version.</summary>
internal sealed class ProjectTree
{
    private readonly string _folder;

    public ProjectTree(string folder)
    {
        _folder = folder;
        SetupCfg = File("setup.cfg") is { } file ? IniDocument.Read(file.Text) : null;
        var script = File("setup.py");
        SetupScript = script is null ? null : SetupScript.Read(script.Text);

        // With none of the three, the error is that of the file which belongs there today.
        Project =
            (SetupCfg is null && script is null) || System.IO.File.Exists(Path.Combine(folder, "pyproject.toml"))
                ? PyProject.Load(folder)
                : null;
    }

    public IniDocument? SetupCfg { get; }

    public SetupScript? SetupScript { get; }

    /// <summary>pyproject.toml; null when there is none but one of the older files.</summary>
    public PyProject? Project { get; }

    public string? Name => Project?.Name ?? SetupCfg?.Text("metadata", "name") ?? SetupScript?.Name;

    public SourceFile? File(string path) => SourceFile.Find(_folder, path);

    /// <summary>Where the version comes from.</summary>
    public VersionPlace VersionPlace()
    {
        if (Project is null)
            return Setup();
        if (Project.HasProjectTable)
        {
            return Project.Version is not null ? new VersionPlace.TomlKey("pyproject.toml", ["project", "version"])
                : !Project.Dynamic.Contains("version", StringComparer.Ordinal)
                    ? new VersionPlace.Computed(
                        "[project] of pyproject.toml",
                        "neither a version nor 'version' in dynamic",
                        "Add 'version' to [project], or list it in 'dynamic'."
                    )
                : BuildBackends.Place(Project, HatchFile()) is VersionPlace.SetupFiles ? Setup()
                : BuildBackends.Place(Project, HatchFile());
        }

        var tool = Project.Document.Find("tool") as TomlTable;
        return BuildBackends.Root(Project.BuildBackend ?? "setuptools") switch
        {
            "poetry" or "poetry_dynamic_versioning" when BuildBackends.Poetry(tool) is { } place => place,
            "flit_core" or "flit" when TomlPath.Text(tool, "flit", "metadata", "module") is { } module => BuildBackends.Flit(module),
            "setuptools" or "pbr" => Setup(),
            var other => new VersionPlace.Computed(
                "pyproject.toml",
                $"no [project] table, and no known place for the back end {other}",
                "Move the metadata to [project]."
            ),
        };
    }

    // The older order of setuptools: plugins that say they are at work, then setup.cfg, then setup.py.
    private VersionPlace Setup()
    {
        var requires = Project is null ? new HashSet<string>(StringComparer.Ordinal) : BuildBackends.Requires(Project);
        var usesScm =
            SetupScript?.Has("use_scm_version") == true || TomlPath.Table(Project?.Document.Root, "tool", "setuptools_scm") is not null;
        if (usesScm)
            return BuildBackends.Scm(Name);
        if (SetupScript?.Has("pbr") == true)
            return BuildBackends.Pbr();
        if (AddedTag() is { } tag)
            return new VersionPlace.Computed("setup.cfg", $"[egg_info] {tag}, which is added to every version", "Empty it for a release.");
        if (SetupCfg?.Text("metadata", "version") is { Length: > 0 })
            return new VersionPlace.SetupFiles();
        return SetupScript?.HasVersion != true && requires.Contains("setuptools-scm")
            ? BuildBackends.Scm(Name)
            : new VersionPlace.SetupFiles();
    }

    private string? AddedTag() =>
        SetupCfg?.Text("egg_info", "tag_build") is { Length: > 0 } build ? $"tag_build = {build}"
        : SetupCfg?.Text("egg_info", "tag_date")?.ToLowerInvariant() is "1" or "true" or "yes" or "on" ? "tag_date"
        : null;

    // Hatch's settings may stand in a file of their own, which then wins.
    private TomlTable? HatchFile() =>
        File("hatch.toml") is { } file ? TomlDocument.Parse(System.Text.Encoding.Latin1.GetBytes(file.Text)).Root : null;
}
