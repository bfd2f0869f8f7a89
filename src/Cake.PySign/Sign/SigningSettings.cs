using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>Who signs and which services are used, whatever is signed. By default the running CI job signs, with the services of the
/// instance that is trusted.</summary>
public sealed class SigningSettings
{
    /// <summary>The OIDC identity token to sign with.</summary>
    /// <value>A JWT for the audience <see cref="Audience"/>; <see langword="null"/> takes it from <see cref="IdTokenSource"/>, or else from
    /// the CI environment (docs/ci-identities.md lists the places). It never appears in a log or an argument.</value>
    public string? IdToken { get; set; }

    /// <summary>Where the identity token comes from when the CI environment has none by itself.</summary>
    /// <value>A variable, a file, a program, or a person at a terminal; by default none of them is named.</value>
    public IdTokenSettings IdTokenSource
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether a ref that is not protected, or not known to be, may be named in the public log.</summary>
    /// <value>Default <see langword="false"/>: signing stops before anything is called. Private instances and the sandbox never
    /// ask.</value>
    public bool AllowUnprotectedRef { get; set; }

    /// <summary>Whether a project that is not public, or not known to be, may be named in the public log permanently.</summary>
    /// <value>Default <see langword="false"/>: signing stops before anything is called. Private instances and the sandbox never
    /// ask.</value>
    public bool AllowPrivateProject { get; set; }

    /// <summary>The audience asked for where the CI service mints a token on request.</summary>
    /// <value>Default <c>sigstore</c>.</value>
    public string Audience
    {
        get;
        set => field = Setting.NotNull(value);
    } = "sigstore";

    /// <summary>A private key to sign with instead of an identity token.</summary>
    /// <value>A PEM file: PKCS#8, plain or encrypted, or a key file of <c>cosign generate-key-pair</c>; P-256, P-384, P-521 or RSA of 2048
    /// to 4096 bits. <see langword="null"/> signs with an identity.</value>
    public FilePath? Key { get; set; }

    /// <summary>What an encrypted <see cref="Key"/> is opened with.</summary>
    /// <value><see langword="null"/> takes it from <c>PYSIGN_KEY_PASSWORD</c> or <c>COSIGN_PASSWORD</c>. It never appears in a log or an
    /// argument.</value>
    public string? KeyPassword { get; set; }

    /// <summary>A program that signs with a key in a hardware module or a key service, instead of a <see cref="Key"/> in a file.</summary>
    /// <value>By default none is named.</value>
    public SignerProgramSettings Signer
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether a key signs, and no identity.</summary>
    internal bool UsesKey => Key is not null || Signer.Program is not null;

    /// <summary>Whether signatures with a <see cref="Key"/> get an entry in a transparency log.</summary>
    /// <value>Default <see langword="true"/>. With <see langword="false"/> nobody outside learns of the signature; who verifies it must say
    /// that none is needed (<c>AcceptUnlogged</c>). Signatures with an identity are always
    /// logged.</value>
    public bool UploadToLog { get; set; } = true;

    /// <summary>The services to sign with, as a <c>signing_config.v0.2.json</c>.</summary>
    /// <value>A file; <see langword="null"/> means the URLs below or their environment variables, or the signing config that belongs to
    /// the instance that is trusted if none is given.</value>
    public FilePath? SigningConfig { get; set; }

    /// <summary>The certificate authority.</summary>
    /// <value>An https URL (http on loopback only), default <c>FULCIO_URL</c>; used with <see cref="RekorUrl"/>, never together with
    /// <see cref="SigningConfig"/>.</value>
    public Uri? FulcioUrl { get; set; }

    /// <summary>The transparency log.</summary>
    /// <value>An https URL (http on loopback only), default <c>REKOR_URL</c>; used with <see cref="FulcioUrl"/>.</value>
    public Uri? RekorUrl { get; set; }

    /// <summary>The API version of the log at <see cref="RekorUrl"/>.</summary>
    /// <value>1 (default) or 2. A log of version 2 promises no time, so it needs <see cref="TimestampUrl"/>.</value>
    public int RekorApiVersion { get; set; } = 1;

    /// <summary>The RFC 3161 timestamp authority.</summary>
    /// <value>The URL that requests are posted to, default <c>TSA_URL</c>; <see langword="null"/> and no variable means none.</value>
    public Uri? TimestampUrl { get; set; }
}

/// <summary>What an alias that signs is asked for, whatever it signs.</summary>
/// <param name="Signing">Who signs, and with which services.</param>
/// <param name="Trust">Who is believed.</param>
/// <param name="Network">How services are reached.</param>
/// <param name="KeepValid">Whether signatures of the same signer that still hold are left as they are.</param>
internal sealed record SigningRequest(SigningSettings Signing, TrustSettings Trust, NetworkSettings Network, bool KeepValid)
{
    // Fifty files then wait hardly longer than one.
    private const int DefaultParallel = 25;

    /// <summary>Whether only a log of version 1, and no timestamp authority, makes what is asked for.</summary>
    public bool OnlyRekorV1 { get; init; }

    public int MaxParallel => Network.Parallel(DefaultParallel);
}
