using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Verify;
using PySign.Packaging;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>
/// What the index itself serves about each file of a release: at least one attestation by a signer of the policy. Whom the index names as
/// publisher is not believed; the policy's signer is.
/// </summary>
internal sealed class AttestationCheck(RegistryConnections connections, SafeLog log, SigstoreVerifier verifier, VerificationPolicy signers)
{
    /// <summary>Adds what is wrong with each file to the problems in its place.</summary>
    public async Task RunAsync(
        VerifyReleaseSettings settings,
        IReadOnlyList<DownloadedDistribution> files,
        IReadOnlyList<List<ReleaseProblem>> problems,
        CancellationToken cancellationToken
    )
    {
        var index = ServiceAddress.Require(settings.Index.Url, "Index.Url");
        var root =
            IntegrityApi.BesideOf(index)
            ?? throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The policy asks for attestations, and where the index {index} serves them is not known.",
                "Use an index whose address ends with /simple and that serves them beside it at /integrity, as PyPI does; or take "
                    + "\"attestation\" out of release.signatures."
            );
        using var connection = connections.Basic(root, settings.Index.UserName, settings.Index.Password, allowStorage: false, log);
        var api = new IntegrityApi(connection, root);
        await Parallel
            .ForEachAsync(
                Enumerable.Range(0, files.Count),
                RegistryConnections.Parallel(settings.Network, cancellationToken),
                async (i, token) =>
                {
                    if (await ProblemAsync(api, files[i], token).ConfigureAwait(false) is { } problem)
                    {
                        problems[i].Add(problem);
                    }
                }
            )
            .ConfigureAwait(false);
    }

    private async Task<ReleaseProblem?> ProblemAsync(IntegrityApi api, DownloadedDistribution file, CancellationToken cancellationToken)
    {
        var name = AttestationFiles.NameOf(file.Path);
        var provenance = await api.FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (provenance is null)
        {
            return new ReleaseProblem(
                name.Value,
                ReleaseFailure.AttestationMissing,
                $"The index serves no attestation of it at {api.AddressOf(name)}.",
                "The policy asks for one: do not use this file, and ask the project."
            );
        }

        try
        {
            // Hashed as it arrived, in a folder that is nobody else's.
            var artifact = Artifact.FromFile(file.Path.FullPath, file.Sha256);
            await Task.Run(
                    () => new AttestationVerifier(verifier, signers).Verify(artifact, name, file.Sha256, provenance),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return null;
        }
        catch (VerificationException e)
        {
            return new ReleaseProblem(
                name.Value,
                ReleaseFailure.AttestationRefused,
                $"{e.Step} ({e.Reason}): expected {e.Expected}, found {e.Actual}.",
                e.Advice
            );
        }
        catch (PackagingException e)
        {
            return new ReleaseProblem(name.Value, ReleaseFailure.AttestationRefused, $"{e.Reason}: {e.Message}", "Do not use this file.");
        }
    }
}
