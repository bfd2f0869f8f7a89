using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Tests.Signing;

/// <summary><c>sign-bundle</c> and <c>verify-bundle</c> of the conformance suite's command line, as processes against a listening
/// sandbox.</summary>
public sealed class ConformanceSigningTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-");
    private readonly LentRsaKeys _keys = new();
    private WebApplication _application = null!;
    private SandboxServices _services = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _application = SandboxApplication.Build(
            new SandboxOptions { StateDirectory = Path.Combine(_folder.FullName, "state"), IssuerKey = _keys.Next }
        );
        await _application.StartAsync(Cancellation);
        _services = _application.Services.GetRequiredService<SandboxServices>();
        _services.BaseUrl = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await File.WriteAllTextAsync(At("root.json"), _services.TrustedRootJson(), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _keys.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1, true)]
    [InlineData(SigningConfigKind.RekorV2, false)]
    [InlineData(SigningConfigKind.RekorV2, true)]
    public async Task What_it_signs_it_verifies_and_another_file_or_signer_it_refuses(SigningConfigKind kind, bool inToto)
    {
        await File.WriteAllTextAsync(At("config.json"), _services.SigningConfigJson(kind), Cancellation);
        await File.WriteAllTextAsync(At("a.whl"), "a wheel", Cancellation);
        await File.WriteAllTextAsync(At("b.whl"), "another", Cancellation);
        await File.WriteAllTextAsync(
            At("a.json"),
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a.whl","digest":{"sha256":"{{{Sha256("a wheel")}}}"}}],"predicateType":"urn:x","predicate":{}}""",
            Cancellation
        );
        var raw = _services.MintGitLabToken();
        var token = IdentityToken.Parse(raw);
        string[] trust = ["--trusted-root", At("root.json")];
        string[] flags = inToto ? ["--in-toto"] : [];
        await SucceedsAsync([
            "sign-bundle",
            .. flags,
            "--identity-token",
            raw,
            "--bundle",
            At("a.bundle"),
            .. trust,
            "--signing-config",
            At("config.json"),
            At(inToto ? "a.json" : "a.whl"),
        ]);

        string[] Verify(string identity, string artifact) =>
            [
                "verify-bundle",
                "--bundle",
                At("a.bundle"),
                "--certificate-identity",
                identity,
                "--certificate-oidc-issuer",
                token.ExpectedIssuer,
                .. trust,
                artifact,
            ];
        await SucceedsAsync(Verify(token.ExpectedIdentity, At("a.whl")));
        await SucceedsAsync(Verify(token.ExpectedIdentity, "sha256:" + Sha256("a wheel")));
        Assert.Equal(1, (await RunAsync(Verify(token.ExpectedIdentity, At("b.whl")))).ExitCode);
        Assert.Equal(1, (await RunAsync(Verify(token.ExpectedIdentity + "x", At("a.whl")))).ExitCode);
    }

    [Fact]
    public async Task A_file_that_is_no_statement_is_not_signed_as_one()
    {
        await File.WriteAllTextAsync(At("config.json"), _services.SigningConfigJson(SigningConfigKind.RekorV2), Cancellation);
        await File.WriteAllTextAsync(At("a.whl"), "a wheel", Cancellation);
        var (exitCode, errors) = await RunAsync([
            "sign-bundle",
            "--in-toto",
            "--identity-token",
            _services.MintGitLabToken(),
            "--bundle",
            At("a.bundle"),
            "--trusted-root",
            At("root.json"),
            "--signing-config",
            At("config.json"),
            At("a.whl"),
        ]);
        Assert.Equal(1, exitCode);
        Assert.Contains("in-toto statement", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(At("a.bundle")));
    }

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task SucceedsAsync(string[] arguments)
    {
        var (exitCode, errors) = await RunAsync(arguments);
        Assert.True(exitCode == 0, errors);
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "PySign.Sigstore.Conformance.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var run = await ProgramRun.OfAsync(start, Cancellation);
        return (run.ExitCode, run.Error);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
