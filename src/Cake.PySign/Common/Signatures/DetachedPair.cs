using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Common.Signatures;

/// <summary>
/// The detached pair <c>.sig</c> and <c>.crt</c> of a bundle. It proves nothing by itself, for it has no time: it is accepted for being the
/// very signature of a verified bundle, and can be made from it at any time.
/// </summary>
internal static class DetachedPair
{
    public static byte[] Signature(Bundle bundle) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bundle.Signature.Span));

    public static byte[] Certificate(Bundle bundle) =>
        Encoding.ASCII.GetBytes(
            Convert.ToBase64String(
                Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", bundle.VerificationMaterial.Certificates[0].Span) + "\n")
            )
        );

    /// <summary>What is wrong with the pair, or null.</summary>
    public static string? Problem(Bundle bundle, byte[] signature, byte[] certificate)
    {
        try
        {
            var pair = DetachedSignature.Parse(signature, certificate);
            if (!pair.Signature.Span.SequenceEqual(bundle.Signature.Span))
            {
                return "another signature than the bundle's";
            }

            return bundle.VerificationMaterial.Certificates is [var own, ..] && pair.Certificate.Span.SequenceEqual(own.Span)
                ? null
                : "another certificate than the bundle's";
        }
        catch (VerificationException e)
        {
            return e.Message;
        }
    }

    /// <summary>The same for a signature that has no certificate beside it, as a managed key leaves one.</summary>
    public static string? Problem(Bundle bundle, byte[] signature) =>
        signature.AsSpan().TrimEnd("\r\n"u8).SequenceEqual(Signature(bundle)) ? null : "another signature than the bundle's";
}
