using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using PySign.Formats;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Sign;

/// <summary>Signs files as one identity with one certificate, or with one key.</summary>
internal sealed class BlobSigner(Services services, SharedSigning? shared = null)
{
    private static readonly string[] _signatureSuffixes =
    [
        SignatureNames.Bundle,
        SignatureNames.OldBundle,
        SignatureNames.Signature,
        SignatureNames.Certificate,
    ];

    public static BlobSigner For(ICakeContext context) => new(Services.For(context));

    public Task<IReadOnlyList<SignedBlob>> SignAsync(
        IEnumerable<FilePath> files,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        var paths = RequireFiles(files, settings.Request, "sign");
        return InSessionAsync(settings.Request, session => SignAsync(session, paths, settings, cancellationToken), cancellationToken);
    }

    /// <summary>Does work that signs with one certificate; a problem of the session itself means that nothing was signed.</summary>
    public async Task<T> InSessionAsync<T>(SigningRequest request, Func<SigningSession, Task<T>> work, CancellationToken cancellationToken)
    {
        services.Log.Redactor.Add(request.Signing.IdToken);
        try
        {
            return await SharedSigning.InSessionAsync(shared, request, services, work, cancellationToken).ConfigureAwait(false);
        }
        catch (SigningException e)
        {
            throw NothingSigned(e);
        }
    }

    public Task<IReadOnlyList<SignedBlob>> SignAsync(
        SigningSession session,
        IReadOnlyList<FilePath> paths,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    ) => SignAsync(session, paths, settings, static _ => { }, cancellationToken);

    /// <summary>Signs files in a session that signs more.</summary>
    /// <param name="session">Who signs.</param>
    /// <param name="paths">The files.</param>
    /// <param name="settings">What is written beside them.</param>
    /// <param name="written">Told of each signature as soon as its files are written, from any thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<SignedBlob>> SignAsync(
        SigningSession session,
        IReadOnlyList<FilePath> paths,
        CosignSignBlobSettings settings,
        Action<SignedBlob> written,
        CancellationToken cancellationToken
    )
    {
        if (settings.WriteCosignBundle && !session.HasRekorV1)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "WriteCosignBundle is set, but no log of version 1 is used: the old format has no place for another.",
                "Switch it off."
            );
        }

        Announce(session, settings.Request, paths.Count);
        var run = new SigningRun<SignedBlob>(session, services.Log, services.Digests, services.Time)
        {
            Sign = static (signer, _, artifact, cancellationToken) => signer.SignAsync(artifact, cancellationToken),
            Write = (path, signed) =>
            {
                var blob = SignatureFiles.Write(path, signed, settings, services.Digests);
                written(blob);
                return blob;
            },
            Keep = path => settings.KeepValid ? Existing(session, path) : null,
            Line = SigningReport.Line,
            Finished = (signed, _) => SigningReport.Write(services.Log, signed, Verifying(session, settings.Request)),
        };
        return await run.RunAsync(paths, settings.Request.MaxParallel, cancellationToken).ConfigureAwait(false);
    }

    private Verifying Verifying(SigningSession session, SigningRequest request) =>
        new(request, services.Environment, session.PublicKeyPem is not null);

    public Task<IReadOnlyList<AttestedBlob>> AttestAsync(
        IEnumerable<FilePath> files,
        CosignAttestBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        var paths = RequireFiles(files, settings.Request, "attest");
        var predicate = Predicate.Read(settings, services.Environment);
        return InSessionAsync(
            settings.Request,
            session =>
            {
                Announce(session, settings.Request, paths.Count);
                var run = new SigningRun<AttestedBlob>(session, services.Log, services.Digests, services.Time)
                {
                    Sign = (signer, path, _, cancellationToken) => signer.SignStatementAsync(predicate.About(path), cancellationToken),
                    Write = (path, signed) => SignatureFiles.WriteAttestation(path, signed, settings, services.Digests),
                    Keep = path =>
                        settings.KeepValid
                            ? Existing(session, SignatureFiles.Attestation(path, settings.AttestationName), predicate.About(path))
                            : null,
                    Line = SigningReport.Line,
                    Finished = (attested, _) =>
                        SigningReport.Write(services.Log, attested, settings.AttestationName, Verifying(session, settings.Request)),
                };
                return run.RunAsync(paths, settings.Request.MaxParallel, cancellationToken);
            },
            cancellationToken
        );
    }

    private SignedArtifact? Existing(SigningSession session, FilePath path) =>
        session.Existing(path.FullPath + SignatureNames.Bundle, services.Digests.Artifact(path))
            is { Bundle.MessageSignature: not null } kept
            ? kept
            : null;

    /// <summary>A bundle of the same signer that says the same and still holds; null when there is none.</summary>
    public static SignedArtifact? Existing(SigningSession session, FilePath bundle, InTotoStatement statement) =>
        session.Existing(bundle.FullPath, Artifact.FromFirstSubject(statement)) is { } kept
        && kept.Bundle.DsseEnvelope is { } envelope
        && envelope.Payload.Span.SequenceEqual(statement.Utf8Json.Span)
            ? kept
            : null;

    private static PySignException NothingSigned(SigningException e) =>
        new(PySignFailure.SigningFailed, $"Nothing was signed ({e.Reason}): {e.Message}", innerException: e);

    private void Announce(SigningSession session, SigningRequest request, int count) =>
        services.Log.Information(
            $"Signing {count} file(s) as "
                + $"{session.Name}; "
                + (request.Signing.UploadToLog ? "certificate and log entries are permanently public" : "nothing is logged")
        );

    public IReadOnlyList<FilePath> RequireFiles(IEnumerable<FilePath> files, SigningRequest request, string purpose)
    {
        var paths = FileList.Require(files, services.Environment, purpose);
        if (
            paths.FirstOrDefault(path => _signatureSuffixes.Any(suffix => path.FullPath.EndsWith(suffix, StringComparison.Ordinal))) is
            { } signature
        )
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{signature}' is itself a signature file.",
                "A pattern that also matches the results of an earlier run is the usual cause: list wheels and sdists only."
            );
        }

        _ = request.MaxParallel;
        return paths;
    }
}
