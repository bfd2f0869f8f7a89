using System.Text.Json.Nodes;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Packaging.Attestations;
using PySign.Sandbox.Trust;

namespace Cake.PySign.Tests.Verify;

/// <summary>Attesting as scripts do it, against the sandbox.</summary>
public sealed class PyPiAttestTests : IDisposable
{
    private readonly CakeRig _rig = new();
    private readonly FilePath _wheel;
    private readonly FilePath _sdist;

    public PyPiAttestTests()
    {
        _wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        _sdist = _rig.Folder.Write("dist/hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist());
    }

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("GitHub")]
    [InlineData("GitLab")]
    public async Task An_attestation_lies_beside_each_file_and_verifies_for_its_publisher_only(string kind)
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        var attested = await _rig.Context.PyPiAttest([_wheel, _sdist], Settings(server, kind), Token);
        Assert.Equal(
            [_wheel.FullPath + ".publish.attestation", _sdist.FullPath + ".publish.attestation"],
            attested.Select(one => one.Attestation.FullPath)
        );
        Assert.All(attested, one => Assert.Single(one.LogEntries));
        var publisher = AttestationRig.Publisher(server, kind);
        var verified = await VerifyAsync(server, publisher);
        Assert.Equal([FileDigest.Of(_wheel), FileDigest.Of(_sdist)], verified.Select(one => one.Sha256));
        var failures = (
            await Assert.ThrowsAsync<BlobVerificationException>(() =>
                VerifyAsync(
                    server,
                    kind == "GitHub"
                        ? TrustedPublisher.GitHub("acme/hello-pysign", "other.yml") with
                        {
                            Issuer = publisher.Issuer,
                        }
                        : TrustedPublisher.GitLab("acme/other", ".gitlab-ci.yml") with
                        {
                            Issuer = publisher.Issuer,
                            ServerUrl = publisher.ServerUrl,
                        }
                )
            )
        ).Problems;
        Assert.All(failures, failure => Assert.Equal("ExtensionMismatch", failure.Cause));
        Assert.Equal(2, failures.Count);
    }

    [Fact]
    public async Task A_log_of_version_1_and_nothing_else_is_used_even_where_the_config_prefers_2()
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        var both = JsonNode.Parse(server.Services.SigningConfigJson(SigningConfigKind.RekorV2))!;
        foreach (var log in JsonNode.Parse(server.Services.SigningConfigJson(SigningConfigKind.RekorV1))!["rekorTlogUrls"]!.AsArray())
        {
            both["rekorTlogUrls"]!.AsArray().Add(log!.DeepClone());
        }

        var settings = Settings(server, "GitHub");
        settings.Signing.SigningConfig = _rig.Folder.Write("both.json", both.ToJsonString());
        await _rig.Context.PyPiAttest([_wheel], settings, Token);
        var material = JsonNode.Parse(await File.ReadAllTextAsync(_wheel.FullPath + ".publish.attestation", Token))![
            "verification_material"
        ]!.AsObject();
        Assert.Equal(["certificate", "transparency_entries"], material.Select(member => member.Key));
        var entry = Assert.Single(material["transparency_entries"]!.AsArray())!;
        Assert.Equal("""{"kind":"dsse","version":"0.0.1"}""", entry["kindVersion"]!.ToJsonString());
        Assert.NotNull(entry["inclusionPromise"]);

        settings.Signing.SigningConfig = _rig.Folder.Write("v2.json", server.Services.SigningConfigJson(SigningConfigKind.RekorV2));
        Assert.Contains(
            "API version 1",
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPiAttest([_sdist], settings, Token))).Message,
            StringComparison.Ordinal
        );
        settings.Signing.SigningConfig = null;
        (settings.Signing.FulcioUrl, settings.Signing.RekorUrl, settings.Signing.RekorApiVersion) = (server.BaseUrl, server.BaseUrl, 2);
        Assert.Equal(
            PySignFailure.InvalidSettings,
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPiAttest([_sdist], settings, Token))).Reason
        );
        Assert.False(File.Exists(_sdist.FullPath + ".publish.attestation"));
    }

    [Fact]
    public async Task A_rerun_keeps_what_verifies_and_attests_anew_what_does_not()
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        var settings = Settings(server, "GitHub");
        settings.KeepValid = true;
        await _rig.Context.PyPiAttest([_wheel, _sdist], settings, Token);
        var (wheel, sdist) = (Read(_wheel), Read(_sdist));
        await File.WriteAllBytesAsync(
            _sdist.FullPath + ".publish.attestation",
            await File.ReadAllBytesAsync(_wheel.FullPath + ".publish.attestation", Token),
            Token
        );
        settings.Signing.IdToken = server.Services.MintGitHubToken();
        var attested = await _rig.Context.PyPiAttest([_wheel, _sdist], settings, Token);
        Assert.Equal(wheel, Read(_wheel));
        Assert.NotEqual(sdist, Read(_sdist));
        Assert.Equal(2, attested.Count);
        Assert.Equal(2, (await VerifyAsync(server, AttestationRig.Publisher(server, "GitHub"))).Count);

        // Another identity's attestation is not kept.
        settings.Signing.IdToken = server.Services.MintGitHubToken(new JsonObject { ["ref"] = "refs/tags/v2.0.0" });
        await _rig.Context.PyPiAttest([_wheel], settings, Token);
        Assert.NotEqual(wheel, Read(_wheel));
    }

    [Fact]
    public async Task What_cannot_be_attested_is_said_before_anything_is_called()
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        var settings = Settings(server, "GitHub");
        var note = _rig.Folder.Write("dist/notes.txt", "x");
        Assert.Equal(
            PySignFailure.InvalidName,
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPiAttest([_wheel, note], settings, Token))).Reason
        );
        Assert.Equal(
            PySignFailure.NothingToDo,
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPiAttest([], settings, Token))).Reason
        );
        settings.Signing.Key = "cosign.key";
        Assert.Contains(
            "identities only",
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPiAttest([_wheel], settings, Token))).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_missing_publisher_or_attestation_is_a_refusal_and_one_of_how_it_was_built_is_not_enough()
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        var publisher = AttestationRig.Publisher(server, "GitHub");
        Assert.Contains(
            "Publisher is not set",
            (await Assert.ThrowsAsync<PySignException>(() => VerifyAsync(server, null))).Message,
            StringComparison.Ordinal
        );
        var failures = (await Assert.ThrowsAsync<BlobVerificationException>(() => VerifyAsync(server, publisher))).Problems;
        Assert.All(failures, failure => Assert.Equal("AttestationMissing", failure.Cause));
        await _rig.Context.PyPiAttest([_wheel, _sdist], Settings(server, "GitHub"), Token);
        File.Copy(_wheel.FullPath + ".publish.attestation", _wheel.FullPath + ".slsa.attestation");
        failures = (await Assert.ThrowsAsync<BlobVerificationException>(() => VerifyAsync(server, publisher))).Problems;
        Assert.Contains("at most one attestation of each kind", Assert.Single(failures).Expected, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Attestation Read(FilePath file) => Attestation.Load(file.FullPath + ".publish.attestation");

    private PyPiAttestSettings Settings(SandboxServer server, string kind) => AttestationRig.Settings(_rig, server, kind);

    private Task<IReadOnlyList<VerifiedAttestation>> VerifyAsync(SandboxServer server, TrustedPublisher? publisher) =>
        _rig.Context.PyPiVerifyAttestations([_wheel, _sdist], AttestationRig.Verification(_rig, server, publisher), Token);
}
