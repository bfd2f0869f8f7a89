using System.Globalization;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Processes;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>Builds a copy of the project with <c>python -m build</c>, reads back what came out, and only then puts it into the output folder.</summary>
internal sealed class PyBuilder(IChildProcessRunner processes, ICakeEnvironment environment, SafeLog log)
{
    // The earliest moment a zip archive can carry: 1980-01-01.
    private static readonly DateTimeOffset _zipEpoch = DateTimeOffset.FromUnixTimeSeconds(315532800);

    private static readonly string[] _projectFiles = ["pyproject.toml", "setup.py"];

    public static PyBuilder For(ICakeContext context)
    {
        var log = SafeLog.For(context);
        return new PyBuilder(ChildProcessRunner.For(context, log), context.Environment, log);
    }

    public async Task<IReadOnlyList<PyDistribution>> BuildAsync(DirectoryPath projectDirectory, PyBuildSettings settings, CancellationToken cancellationToken)
    {
        var project = projectDirectory.MakeAbsolute(environment);
        var output = (settings.OutputDirectory ?? project.Combine("dist")).MakeAbsolute(environment).Collapse();
        var wanted = WantedMetadata.From(settings);
        CheckProject(project);
        OutputFolder.Check(output);
        var python = await new PythonLocator(processes, environment, log).FindAsync(settings.PythonPath, "build", cancellationToken).ConfigureAwait(false);

        using var workspace = new NeutralFolder();
        var source = workspace.Path.Combine("source").Combine(project.GetDirectoryName() is { Length: > 0 } name ? name : "project");
        var built = workspace.Path.Combine("built");
        var versionControl = new VersionControl(processes, environment);
        var tracked = await versionControl.TrackedBelowAsync(project, SourceCopy.Patterns, cancellationToken).ConfigureAwait(false);
        new SourceCopy(project, output, tracked ?? [], settings.LeaveOut.Select(folder => folder.MakeAbsolute(environment))).To(source, cancellationToken);
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["NO_COLOR"] = "1",
            ["PYTHONUTF8"] = "1",
            ["PYTHONUNBUFFERED"] = "1",
        };
        var sourceDate = await SourceDateAsync(project, settings, versionControl, cancellationToken).ConfigureAwait(false);
        variables["SOURCE_DATE_EPOCH"] = sourceDate.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var advice = new MetadataInjection(log).Into(source, wanted, variables);
        foreach (var (key, value) in settings.EnvironmentVariables)
        {
            variables[key] = value;
        }

        var isolated = settings.Isolation switch
        {
            BuildIsolation.Isolated => true,
            BuildIsolation.None => false,
            _ => !await new BuildRequirements(processes, log).AreSatisfiedAsync(python, source, workspace.Path, cancellationToken).ConfigureAwait(false),
        };
        await RunAsync(python, source, built, workspace.Path, settings, isolated, variables, cancellationToken).ConfigureAwait(false);
        if (settings.NormalizeSdist)
        {
            Normalize(built, sourceDate);
        }

        var distributions = BuiltDistributions.Read(built, wanted, settings, advice);
        OutputFolder.Replace(output, distributions.Select(distribution => distribution.Path));
        return [.. distributions.Select(distribution => Delivered(distribution, output))];
    }

    private PyDistribution Delivered(PyDistribution built, DirectoryPath output)
    {
        var path = output.CombineWithFilePath(built.Path.GetFilename());
        if (FileDigest.Of(path) != built.Sha256)
        {
            throw new PySignException(PySignFailure.DigestMismatch, $"'{path}' changed while it was put into the output folder.", "Build again; see who else writes there.");
        }

        log.Information($"Built {path.GetFilename()}  sha256 {built.Sha256}");
        return built with { Path = path };
    }

    private static void CheckProject(DirectoryPath project)
    {
        if (!Directory.Exists(project.FullPath))
        {
            throw new PySignException(PySignFailure.MissingFile, $"The project folder '{project.FullPath}' does not exist.");
        }

        if (!_projectFiles.Any(name => File.Exists(IoPath.Combine(project.FullPath, name))))
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"'{project.FullPath}' holds neither pyproject.toml nor setup.py: there is no Python project to build.",
                "Name the folder that holds pyproject.toml.");
        }
    }

    private static void Normalize(DirectoryPath built, DateTimeOffset moment)
    {
        // A build that made nothing leaves no folder; reading the result says so.
        foreach (var sdist in Directory.Exists(built.FullPath) ? Directory.EnumerateFiles(built.FullPath, "*.tar.gz") : [])
        {
            try
            {
                SdistNormalizer.Normalize(sdist, moment);
            }
            catch (PackagingException e)
            {
                throw new PySignException(PySignFailure.InvalidMetadata, $"The sdist that was built cannot be used: {e.Message}", innerException: e);
            }
        }
    }

    /// <summary>The moment that archives carry: given, or from the environment, or the last commit's, or that of the file that describes the project.</summary>
    private async Task<DateTimeOffset> SourceDateAsync(
        DirectoryPath project, PyBuildSettings settings, VersionControl versionControl, CancellationToken cancellationToken)
    {
        var moment = settings.SourceDate
            ?? Given(environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"))
            ?? await versionControl.CommitTimeAsync(project, cancellationToken).ConfigureAwait(false)
            ?? File.GetLastWriteTimeUtc(_projectFiles.Select(name => IoPath.Combine(project.FullPath, name)).First(File.Exists));
        return moment < _zipEpoch ? _zipEpoch : moment;
    }

    private static DateTimeOffset? Given(string? epoch) => epoch is not { Length: > 0 } ? null
        : long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new PySignException(PySignFailure.InvalidSettings, $"SOURCE_DATE_EPOCH is '{epoch}'; a whole number of seconds since 1970 was expected.");

    private async Task RunAsync(
        PythonInterpreter python,
        DirectoryPath source,
        DirectoryPath built,
        DirectoryPath workingDirectory,
        PyBuildSettings settings,
        bool isolated,
        Dictionary<string, string?> variables,
        CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync(
            new ChildProcessStart
            {
                Program = python.Path,
                Arguments = Arguments(source, built, settings, isolated),
                WorkingDirectory = workingDirectory,
                Variables = variables,
                PassedVariables = [.. settings.PassEnvironmentVariables],
                Timeout = settings.Timeout,
            },
            cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new PySignException(
                PySignFailure.ToolFailed,
                $"python -m build ended with exit code {result.ExitCode}. Its last lines:{Environment.NewLine}{result.Tail()}",
                isolated
                    ? "If the build requirements could not be downloaded, install them beside the build module and set Isolation to None."
                    : "If a build requirement is missing, install it for this interpreter, or set Isolation to Isolated.");
        }
    }

    private static List<string> Arguments(DirectoryPath source, DirectoryPath built, PyBuildSettings settings, bool isolated)
    {
        var arguments = new List<string> { "-m", "build", "--outdir", built.FullPath };

        // With neither switch the wheel is built from the sdist, which proves that the sdist is complete.
        if (settings.Sdist != settings.Wheel)
        {
            arguments.Add(settings.Sdist ? "--sdist" : "--wheel");
        }

        if (!isolated)
        {
            arguments.Add("--no-isolation");
        }

        foreach (var (key, value) in settings.ConfigSettings.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            arguments.Add($"--config-setting={key}{(value.Length > 0 ? "=" + value : "")}");
        }

        arguments.Add(source.FullPath);
        return arguments;
    }
}
