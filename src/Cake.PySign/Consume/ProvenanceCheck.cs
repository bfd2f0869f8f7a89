using Cake.PySign.Common;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Stores;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Consume;

/// <summary>Whether each file of a release was built from the source and by the builder that a policy asks for.</summary>
internal sealed class ProvenanceCheck(GenericRegistry registry, ProvenanceVerifier verifier, ProvenanceRule rule)
{
    private const string Advice = "Do not use this release. Ask the project which commit it was built from, and by what.";

    /// <summary>Adds what is wrong to the list of each file.</summary>
    public async Task RunAsync(
        ProjectName name,
        PythonVersion version,
        IReadOnlyList<DownloadedDistribution> downloads,
        IReadOnlyList<List<ReleaseProblem>> problems,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; i < downloads.Count; i++)
        {
            if (await ProblemAsync(name, version, downloads[i], cancellationToken).ConfigureAwait(false) is { } problem)
            {
                problems[i].Add(problem);
            }
        }
    }

    private async Task<ReleaseProblem?> ProblemAsync(
        ProjectName name,
        PythonVersion version,
        DownloadedDistribution file,
        CancellationToken cancellationToken
    )
    {
        var fileName = file.Path.GetFilename().FullPath;
        var path = await RegistryFile
            .FetchAsync(registry, fileName + SignatureNames.Provenance, file.Path.GetDirectory(), cancellationToken)
            .ConfigureAwait(false);
        if (path is null)
        {
            return new ReleaseProblem(
                fileName,
                ReleaseFailure.ProvenanceMissing,
                $"There is no {fileName}{SignatureNames.Provenance} at {registry.Root}.",
                "Ask the project for it, or leave provenance out of the policy."
            );
        }

        try
        {
            rule.Require(verifier.Verify(Bundle.Load(path.FullPath), fileName, file.Sha256), name, version);
            return null;
        }
        catch (ProvenanceException e)
        {
            return Refused(fileName, e.Expected, e.Found);
        }
        catch (VerificationException e)
        {
            return Refused(fileName, $"{e.Step} ({e.Reason}): {e.Expected}", e.Actual);
        }
    }

    private static ReleaseProblem Refused(string file, string expected, string found) =>
        new(file, ReleaseFailure.ProvenanceRefused, $"Provenance: expected {expected}, found {found}.", Advice);
}
