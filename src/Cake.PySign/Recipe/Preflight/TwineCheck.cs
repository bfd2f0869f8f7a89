using Cake.Core.Diagnostics;
using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>The installed twine against the metadata of the distributions: which versions it knows is a matter of the library that reads
/// them, so that library is asked.</summary>
internal static class TwineCheck
{
    // twine 6.1 and newer read with packaging, older ones with pkginfo.
    private const string Probe =
        "import sys\n"
        + "new = tuple(int(part) for part in sys.argv[1].split('.')[:2] if part.isdigit()) >= (6, 1)\n"
        + "try:\n"
        + "    if new:\n"
        + "        from packaging import metadata\n"
        + "        print(' '.join(sorted(metadata._VALID_METADATA_VERSIONS)))\n"
        + "    else:\n"
        + "        from pkginfo import distribution\n"
        + "        print(' '.join(sorted(distribution.HEADER_ATTRS)))\n"
        + "except Exception:\n"
        + "    print('')\n";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public static async Task CheckAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var release = check.Release;
        PythonInterpreter python;
        try
        {
            python = await release.Services.FindPythonAsync(check.Options.Python, "twine", cancellationToken).ConfigureAwait(false);
            TwineVersion.Require(python, release is { Attests: true, UsesTrustedPublishing: true });
        }
        catch (PySignException e) when (e.Reason == PySignFailure.ToolNotFound)
        {
            check.AddOrUnknown(ReleaseStage.Publish, e, "which twine the job that publishes has: this one has none");
            return;
        }

        using var neutral = new NeutralFolder();
        var result = await release
            .Processes.RunAsync(
                new ChildProcessStart
                {
                    Program = python.Path,
                    Arguments = ["-I", "-c", Probe, python.ModuleVersion],
                    WorkingDirectory = neutral.Path,
                    Timeout = _patience,
                    OutputVerbosity = Verbosity.Diagnostic,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var known = result.Output.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (result.ExitCode != 0 || known.Count == 0)
        {
            return;
        }

        foreach (
            var file in check.Ledger.Files.Select(file => LocalDistribution.Open(release.Dist.File(file.Name), release.Services.Digests))
        )
        {
            if (!known.Contains(file.MetadataVersion, StringComparer.Ordinal))
            {
                check.Report.Add(
                    new PreflightProblem(
                        nameof(PySignFailure.ToolTooOld),
                        file.FileName,
                        $"twine {python.ModuleVersion} at {python.Path} does not know the metadata version {file.MetadataVersion}.",
                        "Install a newer twine, or build with a back end of its age.",
                        ReleaseStage.Publish
                    )
                );
            }
        }
    }
}
