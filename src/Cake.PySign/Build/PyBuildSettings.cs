using Cake.Core.IO;

namespace Cake.PySign.Build;

/// <summary>How <c>PyBuild</c> builds. Everything has a working default.</summary>
/// <remarks>Of <see cref="PySignSettings.Network"/> an isolated build needs the CA file, which pip and uv are given.</remarks>
public sealed class PyBuildSettings : PySignSettings
{
    /// <summary>Where the distributions go.</summary>
    /// <value>A folder, relative to Cake's working directory; default <c>dist</c> inside the project. It must be missing, empty, or hold
    /// nothing but earlier distributions, their signatures and <c>pysign.json</c>, which are then removed.</value>
    public DirectoryPath? OutputDirectory { get; set; }

    /// <summary>The interpreter that has the <c>build</c> module.</summary>
    /// <value>A file; default: <c>PYSIGN_PYTHON</c>, <c>VIRTUAL_ENV</c>, PATH, the system's, in this order.</value>
    public FilePath? Python { get; set; }

    /// <summary>The name that the distributions must carry.</summary>
    /// <value>A project name; <see langword="null"/> leaves it to the project. Compared in normalized form.</value>
    public string? Name { get; set; }

    /// <summary>The version that the distributions must carry.</summary>
    /// <value>A PEP 440 version; <see langword="null"/> leaves it to the project. A version that a back end computes is handed to the back
    /// end.</value>
    public string? Version { get; set; }

    /// <summary>The Homepage that the distributions must carry.</summary>
    /// <value>An absolute http or https URL; <see langword="null"/> leaves it to the project.</value>
    public Uri? Homepage { get; set; }

    /// <summary>Whether an sdist is built.</summary>
    /// <value>Default <see langword="true"/>. With a wheel, the wheel is built from the sdist.</value>
    public bool Sdist { get; set; } = true;

    /// <summary>Whether a wheel is built.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool Wheel { get; set; } = true;

    /// <summary>Where the build back end and its requirements come from.</summary>
    /// <value>Default <see cref="BuildIsolation.Auto"/>.</value>
    public BuildIsolation Isolation { get; set; } = BuildIsolation.Auto;

    /// <summary>Limits the versions of the build requirements that an isolated build installs.</summary>
    /// <value>A pip constraints file; default none. With it <see cref="BuildIsolation.Auto"/> isolates, and
    /// <see cref="BuildIsolation.None"/> is refused, because nothing would be held to the file.</value>
    public FilePath? Constraints { get; set; }

    /// <summary>What installs the build requirements of an isolated build.</summary>
    /// <value>Default <see cref="BuildInstaller.Auto"/>. <see cref="BuildInstaller.Uv"/> needs build 1.2 or newer.</value>
    public BuildInstaller Installer { get; set; }

    /// <summary>Checks of the result that are not made.</summary>
    /// <value>Names; default none. Each check and its reason: <see cref="PyBuildCheck"/>.</value>
    public IList<PyBuildCheck> WaivedChecks { get; } = [];

    /// <summary>Whether a warning of <c>twine check --strict</c> stops the build as an error does.</summary>
    /// <value>Default <see langword="false"/>: a missing long description or content type is shown. Indexes take such files, and projects
    /// that have published for years have them.</value>
    public bool StrictMetadata { get; set; }

    /// <summary>Files in a distribution that belong there although version control does not have them, or although they look like a
    /// secret.</summary>
    /// <value>Paths as they stand in the distribution (in a sdist below its root folder), with <c>*</c> for anything.</value>
    public IList<string> AllowedFiles { get; } = Setting.List<string>();

    /// <summary>Settings for the back end (<c>--config-setting</c>).</summary>
    /// <value>Key to value; an empty value passes the key alone. Never put a secret here: arguments are visible to the whole
    /// machine.</value>
    public IDictionary<string, string> ConfigSettings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Folders below the project that are not part of it, such as downloads or reports of the build.</summary>
    /// <value>Paths; a back end that packs whatever lies in the tree never sees them. What git tracks in them is never left out. The output
    /// folder and common caches need not be named.</value>
    public IList<DirectoryPath> ExcludedDirectories { get; } = Setting.List<DirectoryPath>();

    /// <summary>Folders that earlier stages of a release made; left out unless Python code lies in them.</summary>
    internal IList<DirectoryPath> OwnFolders { get; } = Setting.List<DirectoryPath>();

    /// <summary>Whether the result is a release: a development version that nobody asked for then stops the build.</summary>
    internal bool IsRelease { get; set; }

    /// <summary>Variables set for the build.</summary>
    /// <value>Name to value. They win over the inherited environment.</value>
    public IDictionary<string, string> EnvironmentVariables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Inherited variables that the build may see although their names look like secrets.</summary>
    /// <value>Names. A build back end is third-party code, so by default it sees no token and no password.</value>
    public IList<string> PassVariables { get; } = Setting.List<string>();

    /// <summary>The moment that archives carry instead of the build's time.</summary>
    /// <value>Default: <c>SOURCE_DATE_EPOCH</c> if set, else the time of the last commit, else the time of pyproject.toml (or
    /// setup.py).</value>
    public DateTimeOffset? SourceDate { get; set; }

    /// <summary>Whether the sdist is rewritten so that the same files give the same bytes: order, times, owners, modes.</summary>
    /// <value>Default <see langword="true"/>. setuptools writes the moment of the build into it otherwise, and no build can be
    /// repeated.</value>
    public bool NormalizeSdist { get; set; } = true;

    /// <summary>How long the build may take.</summary>
    /// <value>Default 30 minutes. After that the whole process tree is ended.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A copy that can be changed without changing this one.</summary>
    internal PyBuildSettings Copy()
    {
        var copy = new PyBuildSettings
        {
            OutputDirectory = OutputDirectory,
            Python = Python,
            Name = Name,
            Version = Version,
            Homepage = Homepage,
            Sdist = Sdist,
            Wheel = Wheel,
            Isolation = Isolation,
            Constraints = Constraints,
            Installer = Installer,
            StrictMetadata = StrictMetadata,
            SourceDate = SourceDate,
            NormalizeSdist = NormalizeSdist,
            Network = Network,
            Timeout = Timeout,
            IsRelease = IsRelease,
        };
        Add(OwnFolders, copy.OwnFolders);
        Add(ConfigSettings, copy.ConfigSettings);
        Add(EnvironmentVariables, copy.EnvironmentVariables);
        Add(ExcludedDirectories, copy.ExcludedDirectories);
        Add(WaivedChecks, copy.WaivedChecks);
        Add(AllowedFiles, copy.AllowedFiles);
        Add(PassVariables, copy.PassVariables);
        return copy;

        static void Add<T>(IEnumerable<T> items, ICollection<T> to)
        {
            foreach (var item in items)
            {
                to.Add(item);
            }
        }
    }
}

/// <summary>What installs the build requirements of an isolated build.</summary>
public enum BuildInstaller
{
    /// <summary>The front end's own choice, which is pip.</summary>
    Auto,

    /// <summary>pip.</summary>
    Pip,

    /// <summary>uv; it must be installed beside the build module, whose version must be 1.2 or newer.</summary>
    Uv,
}

/// <summary>Where the build back end and its requirements come from.</summary>
public enum BuildIsolation
{
    /// <summary>No isolation when every build requirement is already satisfied by the interpreter, isolation otherwise.</summary>
    Auto,

    /// <summary>A fresh environment for each build; the requirements are installed with pip (network, or pip's own
    /// configuration).</summary>
    Isolated,

    /// <summary>The interpreter's own packages; a missing requirement stops the build.</summary>
    None,
}
