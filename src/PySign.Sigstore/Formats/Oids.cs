namespace PySign.Sigstore.Formats;

/// <summary>The content bytes of the object identifiers that this library knows; comparing bytes needs no strings.</summary>
internal static class Oids
{
    /// <summary>1.2.840.10045.2.1</summary>
    public static ReadOnlySpan<byte> EcPublicKey => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

    /// <summary>1.2.840.10045.3.1.7</summary>
    public static ReadOnlySpan<byte> P256 => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    /// <summary>1.3.132.0.34</summary>
    public static ReadOnlySpan<byte> P384 => [0x2B, 0x81, 0x04, 0x00, 0x22];

    /// <summary>1.3.132.0.35</summary>
    public static ReadOnlySpan<byte> P521 => [0x2B, 0x81, 0x04, 0x00, 0x23];

    /// <summary>1.2.840.113549.1.1.1</summary>
    public static ReadOnlySpan<byte> RsaEncryption => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

    /// <summary>1.2.840.113549.1.1.10</summary>
    public static ReadOnlySpan<byte> RsaPss => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];

    /// <summary>1.2.840.113549.1.1.8</summary>
    public static ReadOnlySpan<byte> Mgf1 => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08];

    /// <summary>1.2.840.113549.1.1.11</summary>
    public static ReadOnlySpan<byte> RsaSha256 => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];

    /// <summary>1.2.840.113549.1.1.12</summary>
    public static ReadOnlySpan<byte> RsaSha384 => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C];

    /// <summary>1.2.840.113549.1.1.13</summary>
    public static ReadOnlySpan<byte> RsaSha512 => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D];

    /// <summary>1.2.840.10045.4.3.2</summary>
    public static ReadOnlySpan<byte> EcdsaSha256 => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];

    /// <summary>1.2.840.10045.4.3.3</summary>
    public static ReadOnlySpan<byte> EcdsaSha384 => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03];

    /// <summary>1.2.840.10045.4.3.4</summary>
    public static ReadOnlySpan<byte> EcdsaSha512 => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04];

    /// <summary>1.3.101.112</summary>
    public static ReadOnlySpan<byte> Ed25519 => [0x2B, 0x65, 0x70];

    /// <summary>2.16.840.1.101.3.4.2.1</summary>
    public static ReadOnlySpan<byte> Sha256 => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

    /// <summary>2.16.840.1.101.3.4.2.2</summary>
    public static ReadOnlySpan<byte> Sha384 => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];

    /// <summary>2.16.840.1.101.3.4.2.3</summary>
    public static ReadOnlySpan<byte> Sha512 => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

    /// <summary>2.5.29.19</summary>
    public static ReadOnlySpan<byte> BasicConstraints => [0x55, 0x1D, 0x13];

    /// <summary>2.5.29.15</summary>
    public static ReadOnlySpan<byte> KeyUsage => [0x55, 0x1D, 0x0F];

    /// <summary>2.5.29.37</summary>
    public static ReadOnlySpan<byte> ExtendedKeyUsage => [0x55, 0x1D, 0x25];

    /// <summary>2.5.29.17</summary>
    public static ReadOnlySpan<byte> SubjectAltName => [0x55, 0x1D, 0x11];

    /// <summary>1.3.6.1.5.5.7.3.3</summary>
    public static ReadOnlySpan<byte> CodeSigning => [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];

    /// <summary>1.3.6.1.5.5.7.3.8</summary>
    public static ReadOnlySpan<byte> TimeStamping => [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

    /// <summary>2.5.29.37.0</summary>
    public static ReadOnlySpan<byte> AnyExtendedKeyUsage => [0x55, 0x1D, 0x25, 0x00];

    /// <summary>1.3.6.1.4.1.11129.2.4.2</summary>
    public static ReadOnlySpan<byte> SctList => [0x2B, 0x06, 0x01, 0x04, 0x01, 0xD6, 0x79, 0x02, 0x04, 0x02];

    /// <summary>1.3.6.1.4.1.57264.1</summary>
    public static ReadOnlySpan<byte> Fulcio => [0x2B, 0x06, 0x01, 0x04, 0x01, 0x83, 0xBF, 0x30, 0x01];

    /// <summary>1.2.840.113549.1.7.2</summary>
    public static ReadOnlySpan<byte> SignedData => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

    /// <summary>1.2.840.113549.1.9.16.1.4</summary>
    public static ReadOnlySpan<byte> TstInfo => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04];

    /// <summary>1.2.840.113549.1.9.3</summary>
    public static ReadOnlySpan<byte> ContentType => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];

    /// <summary>1.2.840.113549.1.9.4</summary>
    public static ReadOnlySpan<byte> MessageDigest => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];

    /// <summary>1.2.840.113549.1.9.16.2.12</summary>
    public static ReadOnlySpan<byte> SigningCertificate => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x0C];

    /// <summary>1.2.840.113549.1.9.16.2.47</summary>
    public static ReadOnlySpan<byte> SigningCertificateV2 => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F];

    /// <summary>2.5.29.14</summary>
    public static ReadOnlySpan<byte> SubjectKeyIdentifier => [0x55, 0x1D, 0x0E];

    /// <summary>The dotted form, for messages.</summary>
    public static string Dotted(ReadOnlySpan<byte> content)
    {
        var text = new System.Text.StringBuilder();
        ulong value = 0;
        var first = true;
        foreach (var part in content)
        {
            value = (value << 7) | (uint)(part & 0x7F);
            if ((part & 0x80) != 0)
            {
                continue;
            }

            if (first)
            {
                var root = Math.Min(value / 40, 2);
                text.Append(root).Append('.').Append(value - root * 40);
                first = false;
            }
            else
            {
                text.Append('.').Append(value);
            }

            value = 0;
        }

        return text.ToString();
    }
}
