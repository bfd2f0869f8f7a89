namespace Cake.PySign.Sign;

/// <summary>Which identity or key signs, which services it uses and what is written.</summary>
public sealed class CosignSignBlobSettings : SignatureSettings
{
    /// <summary>Whether <c>{file}.sig</c> is written, for consumers that use cosign with signature and certificate.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool WriteSignature { get; set; } = true;

    /// <summary>Whether <c>{file}.crt</c> is written, for consumers that use cosign with signature and certificate.</summary>
    /// <value>Default <see langword="true"/>. A key has no certificate, so none is written for it.</value>
    public bool WriteCertificate { get; set; } = true;

    /// <summary>Whether <c>{file}.bundle</c> is written, the old format of cosign 2's <c>--bundle</c>.</summary>
    /// <value>Default <see langword="false"/>. It needs a log of version 1.</value>
    public bool WriteCosignBundle { get; set; }
}
