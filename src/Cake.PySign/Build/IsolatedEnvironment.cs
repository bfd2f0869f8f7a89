using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Network;
using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>The environment that an isolated build installs its requirements into: what limits them, what installs them, and what was
/// installed.</summary>
internal sealed partial class IsolatedEnvironment(DirectoryPath workspace)
{
    // The first version of the build module with --installer.
    private static readonly PythonVersion _firstWithInstaller = PythonVersion.Parse("1.2.0");

    private readonly FilePath _log = workspace.CombineWithFilePath("pip.log");

    /// <summary>Refuses settings that contradict each other before anything runs.</summary>
    public static void Check(PyBuildSettings settings, ICakeEnvironment environment)
    {
        _ = CaFile.Of(settings.Network.CaFile, environment);
        if (settings.Constraints is { } constraints && !File.Exists(constraints.MakeAbsolute(environment).FullPath))
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"The constraints file '{constraints.MakeAbsolute(environment).FullPath}' does not exist."
            );
        }

        if (settings.Isolation == BuildIsolation.None && (settings.Constraints is not null || settings.Installer != BuildInstaller.Auto))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(settings.Constraints is not null ? nameof(settings.Constraints) : nameof(settings.Installer))} is set and Isolation "
                    + "is None: nothing would be installed, so it would have no effect.",
                "Set Isolation to Isolated, or take the setting away."
            );
        }
    }

    /// <summary>The front end's switch for the installer, if one is needed.</summary>
    public static string? InstallerSwitch(PyBuildSettings settings, string buildVersion)
    {
        if (settings.Installer == BuildInstaller.Auto)
        {
            return null;
        }

        if (PythonVersion.TryParse(buildVersion, out var version) && version >= _firstWithInstaller)
        {
            return $"--installer={settings.Installer.ToString().ToLowerInvariant()}";
        }

        return settings.Installer == BuildInstaller.Pip
            ? null
            : throw new PySignException(
                PySignFailure.ToolTooOld,
                $"build {buildVersion} can only install with pip; uv needs build {_firstWithInstaller} or newer.",
                "Upgrade the build module of this interpreter, or leave Installer unset."
            );
    }

    /// <summary>Tells the installers of the constraints, and pip to write down what it installs.</summary>
    public void Prepare(PyBuildSettings settings, ICakeEnvironment environment, Dictionary<string, string?> variables)
    {
        variables.TryAdd("PIP_LOG", _log.FullPath);
        if (settings.Constraints is { } constraints)
        {
            // pip splits the variable at blanks, so the file's own path is not used.
            var copy = workspace.CombineWithFilePath("constraints.txt").FullPath;
            File.Copy(constraints.MakeAbsolute(environment).FullPath, copy);
            variables["PIP_CONSTRAINT"] = copy;
            variables["UV_CONSTRAINT"] = copy;
        }

        var names = settings.Installer == BuildInstaller.Uv ? ToolCertificates.Uv : ToolCertificates.Pip;
        foreach (
            var (name, bundle) in ToolCertificates.Variables(CaFile.Of(settings.Network.CaFile, environment), workspace, names, environment)
        )
        {
            variables.TryAdd(name, bundle);
        }
    }

    /// <summary>Name to version of all that pip installed; empty where it was told to log elsewhere, or uv installed.</summary>
    public IEnumerable<(string Name, string Version)> Installed()
    {
        if (!File.Exists(_log.FullPath))
        {
            return [];
        }

        return File.ReadLines(_log.FullPath)
            .Select(line => Success().Match(line))
            .Where(match => match.Success)
            .SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(installed => (installed, At: installed.LastIndexOf('-')))
            .Where(pair => pair.At > 0)
            .Select(pair => (pair.installed[..pair.At], pair.installed[(pair.At + 1)..]))
            .Distinct();
    }

    [GeneratedRegex(@"\bSuccessfully installed (.+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Success();
}
