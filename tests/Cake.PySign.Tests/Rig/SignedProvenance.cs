using System.Text;
using System.Text.Json.Nodes;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Sign;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Tests.Rig;

/// <summary>Who signs.</summary>
public enum SignerKind
{
    GitHub,
    GitLab,
    Person,
}

/// <summary>A job of GitHub or GitLab that signs provenance, true or not, with its own certificate.</summary>
internal sealed class SignedProvenance : IAsyncDisposable
{
    public const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";

    private readonly SigningSession _session;
    private readonly SigstoreVerifier _verifier;

    private SignedProvenance(SigningSession session, SigstoreVerifier verifier) => (_session, _verifier) = (session, verifier);

    public static Sha256Digest Sha256 { get; } = Sha256Digest.Of("the wheel"u8);

    public IdentityToken Token => _session.Token!;

    public static async Task<SignedProvenance> OfAsync(
        SandboxFixture fixture,
        Services services,
        SignerKind kind,
        IReadOnlyDictionary<string, object>? claims = null
    )
    {
        var sandbox = await fixture.Sandbox;
        var settings = new CosignSignBlobSettings
        {
            Signing =
            {
                IdToken = kind switch
                {
                    SignerKind.GitHub => await sandbox.MintGitHubTokenAsync(claims),
                    SignerKind.GitLab => await sandbox.MintGitLabTokenAsync(claims),
                    _ => await sandbox.MintEmailTokenAsync(claims),
                },
                SigningConfig = sandbox.Info.SigningConfig,
            },
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
        };
        return new SignedProvenance(
            await SigningSession.OpenAsync(settings.Request, services, TestContext.Current.CancellationToken),
            new SigstoreVerifier(TrustedRoot.Parse(await File.ReadAllBytesAsync(sandbox.Info.TrustedRoot.FullPath)))
        );
    }

    /// <summary>The statement that <c>PySign-Sign</c> makes of this job, of an imported wheel with everything that is known.</summary>
    public JsonObject Statement(bool imported = false) =>
        JsonNode
            .Parse(
                SlsaProvenance
                    .About(
                        new StatementSubject(Wheel, Sha256),
                        _session.Claims!,
                        new BuildFacts(
                            imported
                                ? new Dictionary<string, string>()
                                : new Dictionary<string, string> { ["hatchling"] = "1.27.0", ["python"] = "3.13.1" },
                            imported ? new Dictionary<string, string> { ["job"] = "wheels (linux)" } : new Dictionary<string, string>()
                        )
                    )
                    .Utf8Json.Span
            )!
            .AsObject();

    public async Task<Bundle> SignAsync(JsonNode statement)
    {
        var signer = await _session.SignerAsync(TestContext.Current.CancellationToken);
        var bytes = InTotoStatement.Parse(Encoding.UTF8.GetBytes(statement.ToJsonString()));
        return (await signer.SignStatementAsync(bytes, TestContext.Current.CancellationToken)).Bundle;
    }

    /// <summary>As the release's own verification does it, for this signer.</summary>
    public VerifiedProvenance Verify(Bundle bundle) => new ProvenanceVerifier(_verifier, Signers()).Verify(bundle, Wheel, Sha256);

    public VerifiedArtifact Proof(Bundle bundle) => _verifier.VerifyThreshold([bundle], Artifact.FromSha256(Sha256), Signers())[0].Verified;

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private SignerThreshold Signers() =>
        new([TrustedSigner.WithIdentity("the job", VerificationPolicy.Exact(Token.ExpectedIdentity, Token.ExpectedIssuer))], 1);
}
