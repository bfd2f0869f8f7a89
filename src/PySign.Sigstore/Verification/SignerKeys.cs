using PySign.Sigstore.Certificates;
using PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Verification;

/// <summary>
/// The last signers' keys. Reading a key costs as much as two verifications with it (its point is checked), and all files of a release
/// carry one certificate. A key depends on nothing but its own bytes, so nothing is believed because it was seen before.
/// </summary>
internal sealed class SignerKeys
{
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly VerificationKey?[] _keys = new VerificationKey?[Kept];
    private int _next;

    /// <summary>The certificate's key. It is not disposed of: another thread may still verify with it.</summary>
    /// <exception cref="Errors.VerificationException">The key is of a kind that is not supported.</exception>
    public VerificationKey Of(Certificate leaf)
    {
        lock (_gate)
        {
            foreach (var known in _keys)
            {
                if (known is not null && known.Spki.Span.SequenceEqual(leaf.Spki.Span))
                {
                    return known;
                }
            }
        }

        var key = leaf.Key;
        lock (_gate)
        {
            _keys[_next] = key;
            _next = (_next + 1) % Kept;
        }

        return key;
    }
}
