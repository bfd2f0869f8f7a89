using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;

namespace Cake.PySign.Sign;

/// <summary>The files beside a signed file. Each appears whole or not at all, and none of an earlier signature stays.</summary>
internal static class SignatureFiles
{
    public static SignedBlob Write(FilePath file, SignedArtifact signed, CosignSignBlobSettings settings, KnownDigests digests)
    {
        RequireUnchanged(file, signed, digests);
        var hasCertificate = signed.Verified.Certificate is not null;
        var bundle = Put(file, SignatureNames.Bundle, Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        return new SignedBlob
        {
            Path = file,
            Sha256 = signed.Verified.Sha256,
            Bundle = bundle,
            Signature = settings.WriteSignature
                ? Put(file, SignatureNames.Signature, signed.CosignSignature())
                : Remove(file, SignatureNames.Signature),
            Certificate =
                settings.WriteCertificate && hasCertificate
                    ? Put(file, SignatureNames.Certificate, signed.CosignCertificate())
                    : Remove(file, SignatureNames.Certificate),
            CosignBundle = settings.WriteCosignBundle ? Put(file, ".bundle", signed.CosignBundle()) : null,
            Identity = signed.Verified.Identity,
            Issuer = signed.Verified.Issuer,
            LogEntries = SignedLogEntry.From(signed.Verified),
        };
    }

    public static string Attestation(FilePath file, string name) => file.FullPath + SignatureNames.BundleOf(name);

    public static AttestedBlob WriteAttestation(
        FilePath file,
        SignedArtifact signed,
        CosignAttestBlobSettings settings,
        KnownDigests digests
    )
    {
        RequireUnchanged(file, signed, digests);
        return new AttestedBlob
        {
            Path = file,
            Sha256 = signed.Verified.Sha256,
            Bundle = Put(file, SignatureNames.BundleOf(settings.AttestationName), Encoding.UTF8.GetBytes(signed.Bundle.ToJson())),
            PredicateType = signed.Verified.PredicateType!,
            Identity = signed.Verified.Identity,
            Issuer = signed.Verified.Issuer,
            LogEntries = SignedLogEntry.From(signed.Verified),
        };
    }

    public static FilePath WriteStatement(FilePath target, SignedArtifact signed) =>
        Put(target.FullPath, Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));

    internal static void RequireUnchanged(FilePath file, SignedArtifact signed, KnownDigests digests)
    {
        if (digests.Of(file) != signed.Verified.Sha256)
        {
            throw new SigningException(
                SigningFailure.ArtifactUnreadable,
                "",
                $"'{file}' changed while it was being signed",
                "Find out who writes to it, and sign again."
            );
        }
    }

    internal static FilePath Put(FilePath file, string suffix, byte[] content) => Put(file.FullPath + suffix, content);

    private static FilePath Put(string target, byte[] content)
    {
        AtomicFile.Write(target, content);
        return target;
    }

    // A signature of an earlier key beside the new bundle would be taken for this one's.
    private static FilePath? Remove(FilePath file, string suffix)
    {
        OutputPath.Remove(file.FullPath + suffix);
        return null;
    }
}
