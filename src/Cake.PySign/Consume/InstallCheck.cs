using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;

namespace Cake.PySign.Consume;

/// <summary>
/// Installs a verified release as its users will, from the verified bytes alone: no index is asked, every digest is pinned, no sdist is
/// built (that would run code), and dependencies, which nobody verified here, are left out.
/// </summary>
internal sealed class InstallCheck(Services services)
{
    private const string Advice = "The signatures hold; the project's wheel does not fit this interpreter, or pip is older than 22.3.";

    private static readonly TimeSpan _time = TimeSpan.FromMinutes(5);

    public async Task RunAsync(VerifiedRelease release, DirectoryPath folder, FilePath? python, CancellationToken cancellationToken)
    {
        if (release.Files.All(file => file.Kind != DistributionKind.Wheel))
        {
            throw new PySignException(
                PySignFailure.NotFound,
                $"{release.Name} {release.Version} has no wheel, and an sdist is not installed here: building it would run its code.",
                "Leave Install off for this project."
            );
        }

        var pip = await services.FindPythonAsync(python, "pip", cancellationToken).ConfigureAwait(false);
        using var neutral = new NeutralFolder();
        var environment = neutral.Path.Combine("environment");
        await RunAsync("A fresh virtual environment could not be made", "-m", "venv", "--without-pip", environment.FullPath)
            .ConfigureAwait(false);
        var requirements = neutral.Path.CombineWithFilePath("requirements.txt");
        AtomicFile.Write(requirements, release.ToRequirements());
        await RunAsync("pip does not install the verified wheel", Installation(environment, folder, requirements)).ConfigureAwait(false);

        // Read from the disk: the environment's own Python would run every .pth file of the wheel when it starts.
        var answer = InstalledVersion(environment, ProjectName.Parse(release.Name));
        services.Log.Information($"Installed with pip {pip.ModuleVersion} into a fresh environment: {release.Name} {answer}");

        Task RunAsync(string problem, params string[] arguments) =>
            RequireAsync(
                new ChildProcessStart
                {
                    Program = pip.Path,
                    Arguments = arguments,
                    WorkingDirectory = neutral.Path,
                    Timeout = _time,
                },
                problem,
                cancellationToken
            );
    }

    private static string[] Installation(DirectoryPath environment, DirectoryPath folder, FilePath requirements) =>
        [
            "-m",
            "pip",
            "--isolated",
            "--disable-pip-version-check",
            "--python",
            environment.CombineWithFilePath(OperatingSystem.IsWindows() ? "Scripts/python.exe" : "bin/python").FullPath,
            "install",
            "--no-index",
            "--no-deps",
            "--no-cache-dir",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "--find-links",
            folder.FullPath,
            "--requirement",
            requirements.FullPath,
        ];

    private async Task RequireAsync(ChildProcessStart start, string problem, CancellationToken cancellationToken)
    {
        var result = await services.Processes.RunAsync(start, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new PySignException(PySignFailure.ToolFailed, $"{problem}:{Environment.NewLine}{result.Tail(8)}", Advice);
        }
    }

    private static string InstalledVersion(DirectoryPath environment, ProjectName name)
    {
        const string Suffix = ".dist-info";
        var libraries = OperatingSystem.IsWindows()
            ? [System.IO.Path.Combine(environment.FullPath, "Lib")]
            : Directory.GetDirectories(System.IO.Path.Combine(environment.FullPath, "lib"), "python*");
        foreach (
            var folder in libraries
                .Select(library => System.IO.Path.Combine(library, "site-packages"))
                .Where(Directory.Exists)
                .SelectMany(packages => Directory.EnumerateDirectories(packages, "*" + Suffix))
        )
        {
            var parts = System.IO.Path.GetFileName(folder)[..^Suffix.Length].Split('-');
            if (parts.Length == 2 && ProjectName.TryParse(parts[0], out var found) && found.Equals(name))
            {
                return parts[1];
            }
        }

        throw new PySignException(
            PySignFailure.ToolFailed,
            $"pip said that it installed {name.Value}, but the environment holds no {name.FileNameForm}-*{Suffix}.",
            Advice
        );
    }
}
