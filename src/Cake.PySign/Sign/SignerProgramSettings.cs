using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>
/// A program that signs with a key which nobody can read: in a hardware module, on a token, in a cloud's key service. docs/signing.md
/// describes what it is given and what it must print.
/// </summary>
public sealed class SignerProgramSettings
{
    /// <summary>The program.</summary>
    /// <value>A path, or a name that is looked for on PATH; it is started without a shell, once for each signature.
    /// <see langword="null"/> (default) for none.</value>
    public FilePath? Program { get; set; }

    /// <summary>The program's arguments. In each, <c>{digest}</c> stands for the digest in base64, <c>{digest-hex}</c> for the same in hex,
    /// <c>{hash}</c> for <c>sha256</c>, <c>{algorithm}</c> for <c>ECDSA_SHA_256</c> or <c>RSASSA_PKCS1_V1_5_SHA_256</c>.</summary>
    /// <value>One argument each; never a secret.</value>
    public IList<string> Arguments { get; } = Setting.List<string>();

    /// <summary>The public key of the key that signs. Each signature is verified with it before anything else is done.</summary>
    /// <value>A PEM file; required with <see cref="Program"/>. The recipe takes <c>PYSIGN_PUBLIC_KEY</c>.</value>
    public FilePath? PublicKey { get; set; }

    /// <summary>Variables that the program may see although no other program is given them.</summary>
    /// <value>Names, such as <c>AWS_PROFILE</c>; a star at the end stands for the rest of a name.</value>
    public IList<string> PassVariables { get; } = Setting.List<string>();

    /// <summary>How long one signature may take before the program is ended.</summary>
    /// <value>Default one minute. More where a person must touch a token.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);
}
