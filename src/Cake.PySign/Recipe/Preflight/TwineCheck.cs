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
        if (await FindAsync(check, cancellationToken).ConfigureAwait(false) is not { } twine)
        {
            return;
        }

        var known = await KnownVersionsAsync(check.Release, twine, cancellationToken).ConfigureAwait(false);
        if (known.Count > 0)
        {
            CheckMetadata(check, twine, known);
        }
    }

    /// <summary>twine where it can publish this release; null, and said, where there is none.</summary>
    private static async Task<PythonInterpreter?> FindAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var release = check.Release;
        try
        {
            var twine = await release.Services.FindPythonAsync(check.Options.Python, "twine", cancellationToken).ConfigureAwait(false);
            TwineVersion.Require(twine, release is { Attests: true, UsesTrustedPublishing: true });
            return twine;
        }
        catch (PySignException e) when (e.Reason == PySignFailure.ToolNotFound)
        {
            check.AddOrUnknown(ReleaseStage.Publish, e, "which twine the job that publishes has: this one has none");
            return null;
        }
    }

    /// <summary>The metadata versions that its library knows; none where the library does not say.</summary>
    private static async Task<IReadOnlyList<string>> KnownVersionsAsync(
        Release release,
        PythonInterpreter twine,
        CancellationToken cancellationToken
    )
    {
        using var neutral = new NeutralFolder();
        var result = await release
            .Processes.RunAsync(
                new ChildProcessStart
                {
                    Program = twine.Path,
                    Arguments = ["-I", "-c", Probe, twine.ModuleVersion],
                    WorkingDirectory = neutral.Path,
                    Timeout = _patience,
                    OutputVerbosity = Verbosity.Diagnostic,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return result.ExitCode == 0 ? [.. result.Output.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))] : [];
    }

    private static void CheckMetadata(PreflightContext check, PythonInterpreter twine, IReadOnlyList<string> known)
    {
        var release = check.Release;
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
                        $"twine {twine.ModuleVersion} at {twine.Path} does not know the metadata version {file.MetadataVersion}.",
                        "Install a newer twine, or build with a back end of its age.",
                        ReleaseStage.Publish
                    )
                );
            }
        }
    }
}
