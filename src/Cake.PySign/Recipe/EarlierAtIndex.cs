using System.Text;
using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using Cake.PySign.Verify;
using PySign.Packaging.Attestations;

namespace Cake.PySign.Recipe;

/// <summary>
/// What the index has of this version. Distributions of other bytes stop the release before its log entries; attestations that it serves
/// cannot be changed any more, so that a run that lost its folder takes them from there.
/// </summary>
internal sealed class EarlierAtIndex(Release release, SignatureJudge judge)
{
    /// <exception cref="PySignException">The index has other bytes, or cannot be read.</exception>
    public async Task<Ledger> AdoptAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        if (release.Options.RepositoryUrl is null)
        {
            return ledger;
        }

        var settings = ReleasePlan.PackagesOf(release);
        settings.DryRun = true;
        settings.UploadAttestations = false;
        var plan = await release
            .Index.PlanAsync(ledger.Files.Select(file => release.Dist.File(file.Name)), settings, cancellationToken)
            .ConfigureAwait(false);
        UploadPlan.RefuseDifferent(plan.Uploads);
        plan.RefuseStrangers(ConsumerVerificationStage.UsersPolicy(release)?.Lookalikes == true);
        if (!release.Attests || !release.UsesTrustedPublishing)
        {
            return ledger;
        }

        var (integrity, user, password) = plan.Target.IntegrityOf(settings.AttestationVerification.Integrity);
        using var connection = release
            .Connections.For(release.Options.Network, release.Context.Environment)
            .Basic(integrity, user, password, allowStorage: false, release.Log);
        var api = new IntegrityApi(connection, integrity);
        foreach (var name in plan.Uploads.Uploads.Where(upload => upload.There is not null).Select(upload => upload.FileName))
        {
            var file = ledger[name];
            if (!IsAttested(file))
            {
                ledger = ledger.With(await AdoptAsync(api, file, cancellationToken).ConfigureAwait(false));
            }
        }

        return ledger;
    }

    private bool IsAttested(LedgerFile file) =>
        file.Signature?.Files.Any(AttestedFiles.Is) == true
        || File.Exists(release.Dist.File(file.Name + SignatureNames.PublishAttestation).FullPath);

    private async Task<LedgerFile> AdoptAsync(IntegrityApi api, LedgerFile file, CancellationToken cancellationToken)
    {
        var path = release.Dist.File(file.Name);
        var address = api.AddressOf(AttestationFiles.NameOf(path));
        var served = await api.FindAsync(AttestationFiles.NameOf(path), cancellationToken).ConfigureAwait(false);
        List<Attestation> attestations = [.. (served?.Bundles ?? []).SelectMany(bundle => bundle.Attestations)];
        if (attestations.Count == 0)
        {
            throw new PySignException(
                PySignFailure.NotFound,
                $"Stopped: {file.Name} is published, and the index serves no attestations of it at {address}; they can only be "
                    + "uploaded together with the file. Nothing was signed.",
                "If it was published a moment ago, run again in some minutes. If it was published without attestations, say so: "
                    + "--attestations=never (PYSIGN_ATTESTATIONS)."
            );
        }

        List<LedgerSignatureFile> parts = [];
        foreach (var attestation in attestations)
        {
            parts.AddRange(Write(file, attestation, address));
        }

        release.Log.Information($"{file.Name}: its attestations were found at {address}.");
        return file.Signature is { } signature
            ? file with
            {
                Signature = signature with
                {
                    Files = [.. signature.Files.Where(own => parts.All(part => part.Name != own.Name)), .. parts],
                },
            }
            : file;
    }

    /// <summary>Provenance is kept in two forms, which say the same.</summary>
    private IEnumerable<LedgerSignatureFile> Write(LedgerFile file, Attestation attestation, Uri address)
    {
        var path = release.Dist.File(file.Name);
        try
        {
            var suffix = AttestationFiles.SuffixOf(attestation.ReadStatement().PredicateType);
            judge.Further(file, suffix, Encoding.UTF8.GetBytes(attestation.ToJson()));
            return suffix == SignatureNames.BuildAttestation
                ? ProvenanceFiles.Adopt(path, attestation)
                : [EarlierInFolder.Describe(SignatureFiles.Put(path, suffix, Encoding.UTF8.GetBytes(attestation.ToJson())).FullPath)];
        }
        catch (Exception e) when (SignatureJudge.IsRefusal(e))
        {
            throw new PySignException(
                PySignFailure.Conflict,
                $"Stopped: {file.Name} is published with an attestation that is not this release's, and nothing was signed: {e.Message} "
                    + $"({address})",
                "Somebody else published it, or the index serves something else than was uploaded: find out which; then release a new "
                    + "version.",
                e
            );
        }
    }
}
