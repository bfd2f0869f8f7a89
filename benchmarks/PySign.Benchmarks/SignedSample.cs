using System.Text;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Benchmarks;

/// <summary>An artifact signed against a sandbox in memory: bundle v0.3, P-256, one Rekor v1 entry and one timestamp.</summary>
internal sealed record SignedSample(byte[] TrustedRootJson, byte[] BundleJson, string Identity, string Issuer)
{
    public static async Task<SignedSample> Of(Artifact artifact)
    {
        var state = Directory.CreateTempSubdirectory("pysign-benchmark-");
        try
        {
            await using var application = SandboxApplication.Build(
                new SandboxOptions { StateDirectory = state.FullName },
                builder => builder.WebHost.UseTestServer()
            );
            await application.StartAsync();
            var services = application.Services.GetRequiredService<SandboxServices>();
            var root = Encoding.UTF8.GetBytes(services.TrustedRootJson());
            var config = SigningConfig.Parse(Encoding.UTF8.GetBytes(services.SigningConfigJson(SigningConfigKind.RekorV1)));
            using var context = new SigningContext(
                config.Select(DateTimeOffset.UtcNow),
                TrustedRoot.Parse(root),
                application.GetTestServer().CreateHandler()
            );
            await using var signer = await context.CreateSignerAsync(
                IdentityToken.Parse(services.MintGitLabToken()),
                CancellationToken.None
            );
            var signed = await signer.SignAsync(artifact, CancellationToken.None);
            return new SignedSample(root, Encoding.UTF8.GetBytes(signed.Bundle.ToJson()), signer.Identity, signer.Issuer);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }
}
