using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Verification;

/// <summary>
/// The last signers' certificates. Reading a key costs as much as two verifications with it (its point is checked), and all files of a
/// release carry one certificate. What is read from a certificate depends on nothing but its own bytes, so nothing is believed because
/// it was seen before: path, promise, identity and times are verified every time.
/// </summary>
internal sealed class SignerCertificates
{
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly Certificate?[] _certificates = new Certificate?[Kept];
    private int _next;

    /// <summary>The certificate, read from a copy that nobody else can write to. Its key is not disposed of: another thread may still
    /// verify with it.</summary>
    /// <exception cref="VerificationException">It is not a strict X.509 v3 certificate.</exception>
    public Certificate Of(ReadOnlyMemory<byte> der)
    {
        lock (_gate)
        {
            foreach (var known in _certificates)
            {
                if (known is not null && known.Der.Span.SequenceEqual(der.Span))
                {
                    return known;
                }
            }
        }

        var certificate = Certificate.Parse(der.ToArray());
        lock (_gate)
        {
            _certificates[_next] = certificate;
            _next = (_next + 1) % Kept;
        }

        return certificate;
    }
}
