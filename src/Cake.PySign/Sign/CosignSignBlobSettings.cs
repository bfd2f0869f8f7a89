namespace Cake.PySign.Sign;

/// <summary>Which identity or key signs, which services it uses and what is written.</summary>
public sealed class CosignSignBlobSettings
{
    /// <summary>Who signs, and which services are used.</summary>
    /// <value>By default the running CI job, with the services of the instance that is trusted.</value>
    public SigningSettings Signing
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Who is believed: every signature is verified before it is written.</summary>
    /// <value>By default Sigstore's public instance, by TUF.</value>
    public TrustSettings Trust
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>How the services are reached.</summary>
    /// <value>By default directly, 25 files at a time.</value>
    public NetworkSettings Network
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether files that are already signed by the same signer are left as they are.</summary>
    /// <value>Default <see langword="false"/>: every file is signed again. With <see langword="true"/>, a file whose signature still
    /// verifies keeps it and no service is asked about it: what a second run after a failed one wants.</value>
    public bool KeepValid { get; set; }

    /// <summary>Whether <c>{file}.sig</c> is written, for consumers that use cosign with signature and certificate.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool OutputSignature { get; set; } = true;

    /// <summary>Whether <c>{file}.crt</c> is written, for consumers that use cosign with signature and certificate.</summary>
    /// <value>Default <see langword="true"/>. A key has no certificate, so none is written for it.</value>
    public bool OutputCertificate { get; set; } = true;

    /// <summary>Whether <c>{file}.bundle</c> is written, the old format of cosign 2's <c>--bundle</c>.</summary>
    /// <value>Default <see langword="false"/>. It needs a log of version 1.</value>
    public bool OutputCosignBundle { get; set; }

    internal SigningRequest Request => new(Signing, Trust, Network, KeepValid);
}
