using System.Diagnostics;
using System.IO.Compression;
using Cake.PySign.Tests.Package;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Pages;

/// <summary>
/// A machine with nothing but the SDK, Python 3 and git: an empty home, no variables of ours, and a package source that has the packed
/// addin and the tools of a manifest, under the versions that the pages name. It stands in for nuget.org; a folder of wheels stands in for
/// PyPI: each brings the package of its name that the system's Python has.
/// </summary>
public sealed class CleanMachine : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly PackedAddin _addin = new("0.1.0");

    /// <summary>An empty folder of its own.</summary>
    public string Empty(string name) => Directory.CreateDirectory(Path.Combine(_folder.Path, "work", name)).FullName;

    public async ValueTask InitializeAsync()
    {
        await _addin.InitializeAsync();
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var tool in Directory.EnumerateFiles(Path.Combine(packages, "cake.tool"), "*.nupkg", SearchOption.AllDirectories))
        {
            File.Copy(tool, Path.Combine(_addin.Feed, Path.GetFileName(tool)));
        }

        _folder.Write(
            "home/.nuget/NuGet/NuGet.Config",
            "<configuration><packageSources><clear />"
                + $"<add key=\"nuget.org\" value=\"{_addin.Feed}\" /></packageSources></configuration>"
        );
        Directory.CreateDirectory(Wheels);
        // A twine that knows attestations, where there is one, as PyPI has it.
        var twine = Path.GetFullPath(Path.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        StandIn("twine", Directory.Exists(twine) ? [twine, SystemPackages] : [SystemPackages]);
        foreach (var name in new[] { "build", "setuptools", "wheel" })
        {
            StandIn(name, [SystemPackages]);
        }
    }

    private const string SystemPackages = "/usr/lib/python3/dist-packages";

    private string Wheels => Path.Combine(_folder.Path, "wheels");

    // A wheel that brings the place of the real one, its version and its entry points.
    private void StandIn(string name, string[] places)
    {
        var real = places
            .Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateDirectories(place, name + "-*-info"))
            .FirstOrDefault();
        if (real is null)
        {
            return;
        }

        var version = Path.GetFileNameWithoutExtension(real)[(name.Length + 1)..];
        var info = $"{name}-{version}.dist-info";
        var files = new Dictionary<string, string>
        {
            // In this order: what is not the system's comes first, whichever packages were installed.
            [$"a_{name}.pth"] = string.Concat(places.Where(place => place != SystemPackages).Select(place => place + "\n")),
            [$"z_{name}.pth"] = SystemPackages + "\n",
            // Its own, because twine reads it; what it requires lies in the same places.
            [$"{info}/METADATA"] = string.Concat(
                File.ReadLines(new[] { "METADATA", "PKG-INFO" }.Select(file => Path.Combine(real, file)).First(File.Exists))
                    .Where(line => !line.StartsWith("Requires-Dist:", StringComparison.Ordinal))
                    .Select(line => line + "\n")
            ),
            [$"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        };
        if (File.Exists(Path.Combine(real, "entry_points.txt")))
        {
            files[$"{info}/entry_points.txt"] = File.ReadAllText(Path.Combine(real, "entry_points.txt"));
        }

        files[$"{info}/RECORD"] = string.Concat(files.Keys.Append($"{info}/RECORD").Select(file => $"{file},,\n"));
        using var wheel = ZipFile.Open(Path.Combine(Wheels, $"{name}-{version}-py3-none-any.whl"), ZipArchiveMode.Create);
        foreach (var (path, text) in files)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(path).Open());
            writer.Write(text);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _addin.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Runs lines as somebody types them: the first that fails ends it.</summary>
    public async Task<(int Exit, string Output)> RunAsync(
        string folder,
        string lines,
        IReadOnlyDictionary<string, string>? variables = null,
        CancellationToken cancellationToken = default
    )
    {
        var start = new ProcessStartInfo("/bin/bash", ["-eo", "pipefail", "-c", lines]) { WorkingDirectory = folder };
        start.Environment.Clear();
        var sdk = Path.GetDirectoryName(Environment.ProcessPath!)!;
        start.Environment["PATH"] = $"{sdk}:/usr/bin:/bin";
        start.Environment["DOTNET_ROOT"] = sdk;
        start.Environment["HOME"] = Path.Combine(_folder.Path, "home");
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["NUGET_CERT_REVOCATION_MODE"] = "offline";
        start.Environment["PIP_NO_INDEX"] = "1";
        start.Environment["PIP_FIND_LINKS"] = Wheels;
        start.Environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1";
        foreach (var who in new[] { "AUTHOR", "COMMITTER" })
        {
            start.Environment[$"GIT_{who}_NAME"] = "A Reader";
            start.Environment[$"GIT_{who}_EMAIL"] = "reader@example.org";
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var run = await ProgramRun.OfAsync(start, cancellationToken);
        return (run.ExitCode, run.Said);
    }
}
