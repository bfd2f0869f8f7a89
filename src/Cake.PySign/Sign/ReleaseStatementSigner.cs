using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Statements;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Sign;

/// <summary>Signs which files a release consists of.</summary>
internal sealed class ReleaseStatementSigner(BlobSigner signer, Services services)
{
    public static ReleaseStatementSigner For(ICakeContext context)
    {
        var services = Services.For(context);
        return new ReleaseStatementSigner(new BlobSigner(services), services);
    }

    public Task<SignedReleaseStatement> SignAsync(
        IEnumerable<FilePath> files,
        SignReleaseStatementSettings settings,
        CancellationToken cancellationToken
    )
    {
        var paths = signer.RequireFiles(files, settings.Request, "name in a statement");
        var release = ReleaseFiles.Read(paths);
        var folder = settings.OutputDirectory?.MakeAbsolute(services.Environment) ?? ReleaseFiles.Folder(paths);
        return signer.InSessionAsync(
            settings.Request,
            session =>
            {
                services.Log.Information($"Signing a statement about {paths.Count} file(s) as {session.Name}");
                OutputPath.Make(folder);
                return SignAsync(session, release, folder, settings.Request, cancellationToken);
            },
            cancellationToken
        );
    }

    /// <summary>Signs in a session that signs more.</summary>
    public async Task<SignedReleaseStatement> SignAsync(
        SigningSession session,
        ReleaseStatement release,
        DirectoryPath folder,
        SigningRequest request,
        CancellationToken cancellationToken,
        bool brief = false
    )
    {
        var target = folder.CombineWithFilePath(ReleaseStatement.FileName(release.Name, release.Version));
        try
        {
            var signed = await SignedAsync(session, release, target, request, cancellationToken).ConfigureAwait(false);
            foreach (var remark in signed.Remarks)
            {
                services.Log.Warning($"{target.GetFilename()}: {remark}");
            }

            var result = Result(target, release, signed.Verified);
            SigningReport.Write(
                services.Log,
                result,
                new Verifying(request, services.Environment, session.PublicKeyPem is not null),
                brief
            );
            return result;
        }
        catch (Exception e) when (e is SigningException or IOException or UnauthorizedAccessException)
        {
            throw new PySignException(
                PySignFailure.SigningFailed,
                $"The statement about the release was not signed{(e is SigningException { Reason: var reason } ? $" ({reason})" : "")}: "
                    + $"{e.Message}",
                "Run again: what is signed keeps its signature.",
                e
            );
        }
    }

    private static SignedReleaseStatement Result(FilePath target, ReleaseStatement release, VerifiedArtifact verified) =>
        new()
        {
            Bundle = target,
            PackageUrl = release.Subject,
            FileDigests = release.Files,
            Identity = verified.Identity,
            Issuer = verified.Issuer,
            LogEntries = SignedLogEntry.From(verified),
        };

    private async Task<SignedArtifact> SignedAsync(
        SigningSession session,
        ReleaseStatement release,
        FilePath target,
        SigningRequest request,
        CancellationToken cancellationToken
    )
    {
        var statement = release.ToStatement();
        if (request.KeepValid && BlobSigner.Existing(session, target, statement) is { } kept)
        {
            services.Log.Information($"{target.GetFilename()} keeps the signature that it has");
            return kept;
        }

        var identity = await session.SignerAsync(cancellationToken).ConfigureAwait(false);
        var signed = await identity.SignStatementAsync(statement, cancellationToken).ConfigureAwait(false);
        SignatureFiles.WriteStatement(target, signed);
        return signed;
    }
}
