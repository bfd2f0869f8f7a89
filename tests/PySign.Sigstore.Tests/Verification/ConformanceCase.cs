using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>One case of the sigstore-conformance corpus, with the corpus's conventions for what a folder leaves out.</summary>
internal sealed class ConformanceCase(string folder)
{
    public const string DefaultIdentity =
        "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";

    public const string DefaultIssuer = "https://token.actions.githubusercontent.com";

    public string Name => Path.GetFileName(folder);

    public string BundlePath => Path.Combine(folder, "bundle.sigstore.json");

    public string ArtifactPath => File.Exists(In("artifact")) ? In("artifact") : Path.Combine(folder, "..", "a.txt");

    public byte[] ArtifactBytes => File.ReadAllBytes(ArtifactPath);

    public string Identity => File.Exists(In("identity")) ? File.ReadAllText(In("identity")).Trim() : DefaultIdentity;

    public string Issuer => File.Exists(In("issuer")) ? File.ReadAllText(In("issuer")).Trim() : DefaultIssuer;

    public string TrustedRootPath =>
        File.Exists(In("trusted_root.json")) ? In("trusted_root.json") : Corpora.Require("trust/production_trusted_root.json");

    public byte[] TrustedRootBytes => File.ReadAllBytes(TrustedRootPath);

    public string? KeyPath => File.Exists(In("key.pub")) ? In("key.pub") : null;

    public static ConformanceCase Of(string name) => new(Path.Combine(Corpora.Require("sigstore-conformance/bundle-verify"), name));

    public static string[] AllNames()
    {
        if (Corpora.Root is null)
        {
            return [];
        }

        var folders = Directory.GetDirectories(Corpora.Require("sigstore-conformance/bundle-verify"));
        return [.. folders.Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
    }

    public VerifiedArtifact Verify(Artifact artifact)
    {
        var bundle = Bundle.Load(BundlePath);
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(TrustedRootBytes));
        return KeyPath is { } key
            ? verifier.Verify(bundle, artifact, ManagedKey.ParsePem(File.ReadAllText(key)))
            : verifier.Verify(bundle, artifact, VerificationPolicy.Exact(Identity, Issuer));
    }

    private string In(string file) => Path.Combine(folder, file);
}
