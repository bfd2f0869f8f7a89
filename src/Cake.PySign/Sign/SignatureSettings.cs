namespace Cake.PySign.Sign;

/// <summary>What every alias that signs is told: who signs, who is believed, and how the services are reached.</summary>
/// <remarks>Every signature is verified before it is written. By default Sigstore's public instance is believed, by TUF, and 25 files are
/// signed at a time.</remarks>
public abstract class SignatureSettings : TrustingSettings
{
    private protected SignatureSettings() { }

    /// <summary>Who signs, and which services are used.</summary>
    /// <value>By default the running CI job, with the services of the instance that is trusted.</value>
    public SigningSettings Signing
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether files that are already signed by the same signer are left as they are.</summary>
    /// <value>Default <see langword="false"/>: every file is signed again. With <see langword="true"/>, a file whose signature still
    /// verifies keeps it and no service is asked about it: what a second run after a failed one wants.</value>
    public bool KeepValid { get; set; }

    internal virtual SigningRequest Request => new(Signing, Trust, Network, KeepValid);
}
