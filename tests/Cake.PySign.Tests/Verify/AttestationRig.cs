using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Sandbox.Trust;

namespace Cake.PySign.Tests.Verify;

/// <summary>Settings for the sandbox: its services, its trust, and its jobs as publishers.</summary>
internal static class AttestationRig
{
    public static PyPiAttestSettings Settings(CakeRig rig, SandboxServer server, string kind) =>
        new()
        {
            Signing =
            {
                IdToken = kind == "GitHub" ? server.Services.MintGitHubToken() : server.Services.MintGitLabToken(),
                SigningConfig = rig.Folder.Write("signing_config.json", server.Services.SigningConfigJson(SigningConfigKind.RekorV1)),
            },
            Trust = { TrustedRoot = rig.Folder.Write("trusted_root.json", server.Services.TrustedRootJson()) },
        };

    public static PyPiVerifyAttestationsSettings Verification(CakeRig rig, SandboxServer server, TrustedPublisher? publisher) =>
        new() { Publisher = publisher, Trust = { TrustedRoot = rig.Folder.Write("trusted_root.json", server.Services.TrustedRootJson()) } };

    public static TrustedPublisher Publisher(SandboxServer server, string kind) =>
        kind == "GitHub"
            ? TrustedPublisher.GitHub("acme/hello-pysign", "release.yml") with
            {
                Issuer = $"{server.Services.BaseUrl}/github-oidc",
            }
            : TrustedPublisher.GitLab("acme/hello-pysign", ".gitlab-ci.yml") with
            {
                Issuer = server.Services.BaseUrl,
                ServerUrl = server.BaseUrl,
            };
}
