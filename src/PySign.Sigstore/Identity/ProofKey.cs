using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PySign.Sigstore.Identity;

/// <summary>A proof key (RFC 7636, S256): the challenge goes ahead, the verifier follows with the request for the token.</summary>
internal sealed class ProofKey
{
    public const string Method = "S256";

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
}
