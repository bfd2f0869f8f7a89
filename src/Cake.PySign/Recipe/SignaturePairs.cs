using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Verify;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Recipe;

/// <summary>
/// Whether every detached signature and certificate of a ledger is that of the verified bundle beside it. A ledger's digest is a memory and
/// no proof: whoever can write the files can write it too.
/// </summary>
internal static class SignaturePairs
{
    /// <exception cref="BlobVerificationException">A pair is not its bundle's, or one half of it is missing.</exception>
    public static void Verify(DistFolder dist, Ledger ledger)
    {
        var failures = ledger
            .Files.Select(file => (File: file, Problem: Problem(dist, file)))
            .Where(one => one.Problem is not null)
            .Select(one => new BlobProblem(
                dist.File(one.File.Name),
                "DetachedSignature",
                BlobFailure.DetachedSignatureRefused,
                $"the bundle's own signature and certificate in {SignatureNames.Signature} and {SignatureNames.Certificate}",
                one.Problem!,
                "Somebody replaced them. Run PySign-Sign: it makes them again from the bundle, and logs nothing."
            ))
            .ToList();
        if (failures.Count > 0)
        {
            throw new BlobVerificationException(failures, ledger.Files.Count - failures.Count);
        }
    }

    /// <summary>What is wrong with the pair of a file whose bundle is verified, or null; also null for a file without one.</summary>
    public static string? Problem(DistFolder dist, LedgerFile file)
    {
        var parts = file.Signature!.Files.Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
        var (signature, certificate) = (file.Name + SignatureNames.Signature, file.Name + SignatureNames.Certificate);
        if (!parts.Contains(signature))
        {
            return parts.Contains(certificate) ? "a certificate without its signature" : null;
        }

        try
        {
            var bundle = Bundle.Load(dist.File(file.Name + SignatureNames.Bundle).FullPath);
            var bytes = File.ReadAllBytes(dist.File(signature).FullPath);
            if (parts.Contains(certificate))
            {
                return DetachedPair.Problem(bundle, bytes, File.ReadAllBytes(dist.File(certificate).FullPath));
            }

            return bundle.VerificationMaterial.Certificates.Count > 0
                ? "a signature without its certificate"
                : DetachedPair.Problem(bundle, bytes);
        }
        catch (Exception e) when (e is VerificationException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
