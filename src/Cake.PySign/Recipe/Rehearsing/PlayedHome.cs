using System.Xml;
using System.Xml.Linq;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// The home folder of a job: an empty one, as a runner's is. What lies in a person's own (.pypirc, .netrc, keyrings, the files of gh, glab
/// and cloud programs) would let a step of the script do something real. Caches and tools that are kept there are still found.
/// </summary>
internal static class PlayedHome
{
    private const string NuGetConfig = ".nuget/NuGet/NuGet.Config";

    // Programs that look for something useful below the home folder, and the variable that leads them there.
    private static readonly (string Variable, string[] Places)[] _useful =
    [
        ("XDG_CACHE_HOME", [".cache"]),
        ("PIP_CACHE_DIR", [".cache/pip", "Library/Caches/pip"]),
        ("PIP_CONFIG_FILE", [".config/pip/pip.conf", ".pip/pip.conf", "Library/Application Support/pip/pip.conf"]),
        ("PYTHONUSERBASE", [".local"]),
        ("PYENV_ROOT", [".pyenv"]),
        ("UV_PYTHON_INSTALL_DIR", [".local/share/uv/python"]),
        ("RUSTUP_HOME", [".rustup"]),
        ("NUGET_PACKAGES", [".nuget/packages"]),
    ];

    private static readonly string[] _others = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"];

    /// <summary>Fills the folder, and says what is set for the job; null takes a variable away.</summary>
    /// <param name="machine">The machine's variables.</param>
    /// <param name="home">An empty folder.</param>
    public static IReadOnlyDictionary<string, string?> Make(ICakeEnvironment machine, DirectoryPath home)
    {
        string? Set(string name) => machine.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (AllowedVariables.IsNamed("HOME", Set(AllowedVariables.Parameter)) || (Set("HOME") ?? Set("USERPROFILE")) is not { } real)
        {
            return variables;
        }

        variables["HOME"] = home.FullPath;
        if (Set("USERPROFILE") is not null)
        {
            variables["USERPROFILE"] = home.FullPath;
        }

        foreach (var (name, places) in _useful.Where(one => Set(one.Variable) is null))
        {
            if (places.Select(place => IoPath.Combine(real, place)).FirstOrDefault(IoPath.Exists) is { } found)
            {
                variables[name] = found;
            }
        }

        foreach (var name in _others)
        {
            variables[name] = null;
        }

        // A keyring is asked by pip and by twine, and is reached by more ways than files.
        variables["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring";
        variables["PIP_KEYRING_PROVIDER"] = "disabled";
        CopySources(IoPath.Combine(real, NuGetConfig), IoPath.Combine(home.FullPath, NuGetConfig));
        return variables;
    }

    /// <summary>The feeds that a person's NuGet knows, without passwords and keys: the addin comes from one of them.</summary>
    private static void CopySources(string from, string to)
    {
        try
        {
            using var reader = XmlReader.Create(from, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var config = XDocument.Load(reader);
            config.Root?.Elements().Where(section => section.Name.LocalName is not ("packageSources" or "disabledPackageSources")).Remove();
            Directory.CreateDirectory(IoPath.GetDirectoryName(to)!);
            config.Save(to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            // Without one NuGet has its own defaults, which a runner has too.
        }
    }
}
