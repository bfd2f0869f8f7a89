using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Signatures;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>Verifies distributions against their attestations, from files or from an index. Every file is looked at, so that one run names
/// every problem.</summary>
internal sealed class DistributionAttestations(Services services)
{
    public static DistributionAttestations For(ICakeContext context) => new(Services.For(context));

    public async Task<IReadOnlyList<VerifiedAttestation>> VerifyAsync(
        IEnumerable<FilePath> files,
        PyPiVerifyAttestationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        var publisher = RequirePublisher(settings);
        var paths = FileList.Require(files, services.Environment, "verify");
        RequireOneSource(settings, paths);
        using var connection = Connection(settings);
        var trust = services.Trust(settings.Trust, TrustSource.Embedded, settings.Network);
        var verifier = new AttestationVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false), publisher);
        var verified = new List<VerifiedAttestation>();
        var failures = new List<BlobProblem>();
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                verified.AddRange(await VerifyAsync(path, verifier, connection, settings, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (Failure(path, e) is { } failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new BlobVerificationException(failures, paths.Count - failures.Count);
        }

        foreach (var one in verified)
        {
            services.Log.Information(
                $"Verified {one.Path.GetFilename()}  sha256 {one.Sha256}  attested by {publisher} ({one.PredicateType})"
            );
        }

        return verified;
    }

    private static TrustedPublisher RequirePublisher(PyPiVerifyAttestationsSettings settings) =>
        settings.Publisher
        ?? throw new PySignException(
            PySignFailure.InvalidSettings,
            "Publisher is not set: an attestation proves nothing unless it is known whose it must be.",
            "Set it, for example to TrustedPublisher.GitHub(\"owner/name\", \"release.yml\")."
        );

    private static void RequireOneSource(PyPiVerifyAttestationsSettings settings, IReadOnlyList<FilePath> paths)
    {
        if (settings.ProvenanceFile is not null && (paths.Count != 1 || settings.Integrity.Url is not null))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "ProvenanceFile names the provenance of one file: with several files, or with Integrity.Url, it is not clear which.",
                "Set one of them."
            );
        }
    }

    private RegistryConnection? Connection(PyPiVerifyAttestationsSettings settings) =>
        settings.Integrity.Url is null
            ? null
            : services
                .Connections.For(settings.Network, services.Environment)
                .Basic(
                    ServiceAddress.Require(settings.Integrity.Url, "Integrity.Url"),
                    settings.Integrity.UserName,
                    settings.Integrity.Password,
                    allowStorage: false,
                    services.Log
                );

    /// <summary>From the index, from the provenance that was named, or from the files beside the distribution.</summary>
    private async Task<IReadOnlyList<VerifiedAttestation>> VerifyAsync(
        FilePath path,
        AttestationVerifier verifier,
        RegistryConnection? connection,
        PyPiVerifyAttestationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        if (connection is not null)
        {
            var index = new IntegrityApi(connection, settings.Integrity.Url!);
            return await FromIndexAsync(path, verifier, index, cancellationToken).ConfigureAwait(false);
        }

        return settings.ProvenanceFile is { } provenance
            ? FromProvenance(path, verifier, provenance.MakeAbsolute(services.Environment))
            : FromFiles(path, verifier);
    }

    /// <summary>The failure that an error of one file's attestations is; <see langword="null"/> for errors of another kind.</summary>
    internal static BlobProblem? Failure(FilePath path, Exception exception) =>
        exception switch
        {
            VerificationException e => BlobProblem.Of(path, e),
            PackagingException e => new BlobProblem(path, "Statement", BlobFailure.AttestationRefused, e.Expected, e.Input, e.Advice)
            {
                Cause = e.Reason.ToString(),
            },
            BlobRefusedException e => e.Failure,
            _ => null,
        };

    internal static IReadOnlyList<VerifiedAttestation> FromFiles(FilePath path, AttestationVerifier verifier)
    {
        var beside = AttestationFiles.Beside(path);
        if (beside.Count == 0)
        {
            throw Missing(
                path,
                $"{path.GetFilename()}{SignatureNames.PublishAttestation} beside it",
                "no attestation",
                "Have it attested with PyPiAttest, or name the index with Integrity.Url."
            );
        }

        var verified = verifier.Verify(
            Artifact.FromFile(path.FullPath),
            AttestationFiles.NameOf(path),
            FileDigest.Of(path),
            [.. beside.Select(AttestationFiles.Load)]
        );
        return [.. verified.Zip(beside, (one, source) => Result(path, source.FullPath, one))];
    }

    private static async Task<IReadOnlyList<VerifiedAttestation>> FromIndexAsync(
        FilePath path,
        AttestationVerifier verifier,
        IntegrityApi index,
        CancellationToken cancellationToken
    )
    {
        var name = AttestationFiles.NameOf(path);
        var provenance =
            await index.FindAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw Missing(
                path,
                "provenance in the index",
                $"none at {index.AddressOf(name)}",
                "The file was published without attestations, or the index does not show them yet."
            );
        return Results(path, index.AddressOf(name).AbsoluteUri, verifier, provenance);
    }

    private static IReadOnlyList<VerifiedAttestation> FromProvenance(FilePath path, AttestationVerifier verifier, FilePath source)
    {
        SpecialFile.Refuse(source.FullPath);
        var file = new FileInfo(source.FullPath);
        return file is { Exists: true, Length: <= Provenance.MaxBytes }
            ? Results(path, source.FullPath, verifier, Provenance.Parse(File.ReadAllBytes(source.FullPath)))
            : throw new PySignException(
                PySignFailure.MissingFile,
                $"There is no provenance at '{source}', or it is larger than {Provenance.MaxBytes} bytes.",
                "Correct ProvenanceFile."
            );
    }

    private static IReadOnlyList<VerifiedAttestation> Results(
        FilePath path,
        string source,
        AttestationVerifier verifier,
        Provenance provenance
    ) =>
        [
            .. verifier
                .Verify(Artifact.FromFile(path.FullPath), AttestationFiles.NameOf(path), FileDigest.Of(path), provenance)
                .Select(one => Result(path, source, one)),
        ];

    private static VerifiedAttestation Result(FilePath path, string source, VerifiedArtifact one) =>
        new()
        {
            Path = path,
            Sha256 = one.Sha256,
            Source = source,
            PredicateType = one.PredicateType!,
            Identity = one.Identity,
            Issuer = one.Issuer,
            LogEntries = SignedLogEntry.From(one),
        };

    private static BlobRefusedException Missing(FilePath path, string expected, string found, string advice) =>
        new(new BlobProblem(path, nameof(VerificationStep.Parse), BlobFailure.AttestationMissing, expected, found, advice));
}
