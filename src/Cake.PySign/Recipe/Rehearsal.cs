using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Sandbox;

namespace Cake.PySign.Recipe;

/// <summary>
/// Plays a GitLab job on a tag against the sandbox, with the very stages of a real release. Real credentials never take part: the
/// parameters come from the played job, and an address that is not on this machine stops it.
/// </summary>
internal static class Rehearsal
{
    private static readonly string[] _outputs =
    [
        "dist",
        "consumer",
        "test-results",
        "report",
        "trusted_root.json",
        "signing_config.json",
        "pysign.json",
    ];

    // Which Python, how to build and under which name is the user's choice in a rehearsal too.
    private static readonly string[] _keptVariables =
    [
        "PYSIGN_PYTHON",
        "PYSIGN_ISOLATION",
        "PYSIGN_CONSTRAINTS",
        "PYSIGN_WAIVE_CHECKS",
        "PYSIGN_ALLOWED_FILES",
        "PYSIGN_STRICT_METADATA",
        "PYSIGN_CA_FILE",
        "PYSIGN_PROJECT",
        "PYSIGN_PACKAGE_NAME",
        "PYSIGN_PACKAGE_VERSION",
        "PYSIGN_HOMEPAGE",
        "PACKAGE_NAME",
        "PACKAGE_VERSION",
    ];

    private static readonly string[] _keptArguments =
    [
        "project",
        "package-name",
        "package-version",
        "homepage",
        "python",
        "isolation",
        "constraints",
        "waive-checks",
        "allowed-files",
        "strict-metadata",
        "ca-file",
    ];

    public static async Task RunAsync(ICakeContext context, ReleaseOptions script, CancellationToken cancellationToken)
    {
        var output = new DirectoryPath(
            context.Arguments.GetArgument("output") is { Length: > 0 } value ? value : "artifacts/rehearsal"
        ).MakeAbsolute(context.Environment);
        Prepare(output);
        var started = TimeProvider.System.GetTimestamp();

        var sandbox = await SandboxStarter.For(context).StartAsync(new PySignSandboxSettings(), cancellationToken).ConfigureAwait(false);
        await using var ending = sandbox.ConfigureAwait(false);
        var job = await sandbox
            .GitLabJobAsync(
                new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["ref"] = "v1.0.0",
                    ["ref_type"] = "tag",
                    ["project_path"] = sandbox.Info.GitLab.ProjectPath,
                },
                cancellationToken
            )
            .ConfigureAwait(false);

        var options = new ReleaseParameters(
            name => _keptArguments.Contains(name) && context.Arguments.GetArgument(name) is { Length: > 0 } argument ? argument : null,
            name =>
                job.TryGetValue(name, out var played) ? played
                : _keptVariables.Contains(name) && context.Environment.GetEnvironmentVariable(name) is { Length: > 0 } kept ? kept
                : null
        ).Read();
        options.Project = script.Project;

        // The played tag is there for the identity; it names no version of this project.
        options.Tag = null;
        options.Rehearses = true;
        options.PythonPath = script.PythonPath;
        options.Tests = script.Tests;
        options.Test = script.Test;
        options.TestReportFile = output.Combine("test-results").CombineWithFilePath("junit.xml");
        options.Dist = output.Combine("dist");
        options.Consumer = output.Combine("consumer");
        options.Report = output.Combine("report");
        options.LeaveOut.Add(output);
        options.Trust.TrustedRoot = Copy(sandbox.Info.TrustedRoot, output.CombineWithFilePath("trusted_root.json"));
        (options.Signing.FulcioUrl, options.Signing.RekorUrl, options.Signing.TimestampUrl) = (null, null, null);
        options.Signing.SigningConfig = Copy(sandbox.Info.SigningConfig, output.CombineWithFilePath("signing_config.json"));
        RequireLoopback(options);

        var release = new Release(context, options);
        await StageRun.AllAsync(release, cancellationToken).ConfigureAwait(false);

        Copy(release.Dist.Store.Path, output.CombineWithFilePath(LedgerStore.FileName));
        foreach (var line in RehearsalReport.Lines(release.Dist.Store.Read(), TimeProvider.System.GetElapsedTime(started)))
        {
            release.Log.Information(line);
        }

        release.Log.Information($"Results are in {output}. Nothing became public.");
    }

    private static void Prepare(DirectoryPath output)
    {
        if (Directory.Exists(output.FullPath))
        {
            var strangers = Directory
                .EnumerateFileSystemEntries(output.FullPath)
                .Select(entry => System.IO.Path.GetFileName(entry))
                .Except(_outputs, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .ToList();
            if (strangers.Count > 0)
            {
                throw new PySignException(
                    PySignFailure.OutputFolderNotEmpty,
                    $"'{output}' holds what no rehearsal put there: {string.Join(", ", strangers.Take(5))}.",
                    "Name another folder with --output, or empty this one."
                );
            }

            foreach (var name in _outputs)
            {
                var path = output.Combine(name).FullPath;
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
        }

        Directory.CreateDirectory(output.FullPath);
    }

    private static void RequireLoopback(ReleaseOptions options)
    {
        foreach (var address in new[] { options.RepositoryUrl, options.Store.Url })
        {
            if (address is not { IsLoopback: true })
            {
                throw new PySignException(PySignFailure.SandboxFailed, $"A rehearsal must not leave this machine, and '{address}' would.");
            }
        }
    }

    private static FilePath Copy(FilePath from, FilePath to)
    {
        File.Copy(from.FullPath, to.FullPath, overwrite: true);
        return to;
    }
}
