using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Sandbox;
using PySign.Packaging.Names;

namespace Cake.PySign.Recipe;

/// <summary>
/// Plays the jobs of a release on a tag against the sandbox, with the very stages of a real one and with what the script has set for its
/// project. Real credentials never take part: the variables are those of the played job, and an address that is not on this machine stops
/// it.
/// </summary>
internal static class Rehearsal
{
    private const string Marker = ".pysign-rehearsal";

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

    public static async Task RunAsync(ICakeContext context, ReleaseOptions script, CancellationToken cancellationToken)
    {
        var output = new DirectoryPath(
            context.Arguments.GetArgument("output") is { Length: > 0 } value ? value : "artifacts/rehearsal"
        ).MakeAbsolute(context.Environment);
        Prepare(output);
        var services = Services.For(context);
        var clock = new StageClock(services.Time);
        var sandbox = await new SandboxStarter(services).StartAsync(new PySignSandboxSettings(), cancellationToken).ConfigureAwait(false);
        await using var ending = sandbox.ConfigureAwait(false);
        var trustedRoot = Copy(sandbox.Info.TrustedRoot, output.CombineWithFilePath("trusted_root.json"));
        var signingConfig = Copy(sandbox.Info.SigningConfig, output.CombineWithFilePath("signing_config.json"));
        Release Job(IReadOnlyDictionary<string, string> job, string? tag)
        {
            var played = new PlayedContext(context, job);

            // Arguments are for the real release; what they say of the project has reached the script's own options.
            var options = new ReleaseParameters(
                _ => null,
                name => played.Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? set : null
            ).Read();
            options.TakeProjectFrom(script);
            options.Tag = tag;
            options.Rehearses = true;
            options.Report = output.Combine("report");
            options.TestReportFile = output.Combine("test-results").CombineWithFilePath("junit.xml");
            options.Dist = output.Combine("dist");
            options.Consumer = output.Combine("consumer");
            options.LeaveOut.Add(output);
            options.Trust.TrustedRoot = trustedRoot;
            (options.Signing.FulcioUrl, options.Signing.RekorUrl, options.Signing.TimestampUrl) = (null, null, null);
            options.Signing.SigningConfig = signingConfig;
            RequireLoopback(options);
            return new Release(played, options);
        }

        // What is released is known when it is built; who releases it under which tag follows from that.
        var project = script.Project.MakeAbsolute(context.Environment);
        var unnamed = new PlayedCi(sandbox, RehearsedAs.GitLab, sandbox.Info.GitLab.ProjectPath, "");
        var building = Job(await unnamed.JobAsync("v0", cancellationToken).ConfigureAwait(false), script.Tag);
        await StageRun.BeforeSigningAsync(building, clock, cancellationToken).ConfigureAwait(false);
        var built = building.Dist.Store.Read();

        var repository = OwnRepository.Of(project, ProjectName.Parse(built.Name));
        var flavour = Flavour(context, repository);
        var ci = new PlayedCi(sandbox, flavour, repository.Path, built.NormalizedName);
        await ci.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var tag = script.Tag ?? (script.TagPattern ?? "v{version}").Replace("{version}", built.Version, StringComparison.Ordinal);
        building.Log.Information($"Rehearsed as {flavour}: {repository.Path}, tag {tag}");
        await StageRun
            .FromPreflightAsync(
                async () => Job(await ci.JobAsync(tag, cancellationToken).ConfigureAwait(false), tag),
                clock,
                cancellationToken
            )
            .ConfigureAwait(false);

        Copy(building.Dist.Store.Path, output.CombineWithFilePath(LedgerStore.FileName));
        foreach (var line in RehearsalReport.Lines(building.Dist.Store.Read(), clock))
        {
            building.Log.Information(line);
        }

        building.Log.Information($"Results are in {output}. Nothing became public.");
    }

    private static RehearsedAs Flavour(ICakeContext context, OwnRepository repository)
    {
        var asked = context.Arguments.GetArgument("as") is { Length: > 0 } argument
            ? argument
            : context.Environment.GetEnvironmentVariable("PYSIGN_REHEARSE_AS");
        if (string.IsNullOrEmpty(asked))
        {
            return repository.IsGitHub ? RehearsedAs.GitHub : RehearsedAs.GitLab;
        }

        return
            Enum.TryParse<RehearsedAs>(asked.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var flavour)
            && Enum.IsDefined(flavour)
            ? flavour
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"A release is not rehearsed as '{asked}'.",
                "Use --as (PYSIGN_REHEARSE_AS) with gitlab, gitlab-pypi, github or github-pypi."
            );
    }

    /// <summary>Empties what an earlier rehearsal left, which its marker says; a real release has the same names.</summary>
    internal static void Prepare(DirectoryPath output)
    {
        var marker = output.CombineWithFilePath(Marker).FullPath;
        if (Directory.Exists(output.FullPath))
        {
            var isOurs = File.Exists(marker);
            var foreign = Directory
                .EnumerateFileSystemEntries(output.FullPath)
                .Select(entry => System.IO.Path.GetFileName(entry))
                .Where(name => !isOurs || (name != Marker && !_outputs.Contains(name, StringComparer.Ordinal)))
                .Order(StringComparer.Ordinal)
                .ToList();
            if (foreign.Count > 0)
            {
                throw new PySignException(
                    PySignFailure.OutputFolderNotEmpty,
                    $"'{output}' holds what no rehearsal put there: {string.Join(", ", foreign.Take(5))}.",
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
        File.WriteAllText(marker, "A rehearsal of Cake.PySign made what is here; the next one replaces it.\n");
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
