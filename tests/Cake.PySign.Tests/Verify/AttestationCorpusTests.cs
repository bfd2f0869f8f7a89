using System.Text;
using System.Text.Json.Nodes;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Bundles;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Verify;

/// <summary>Real attestations: two of publishers that PyPI knows, and two of a person who signed with Sigstore's staging
/// instance.</summary>
public sealed class AttestationCorpusTests : IDisposable
{
    private static readonly TrustedPublisher _gitLab = TrustedPublisher.GitLab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml");
    private static readonly TrustedPublisher _gitHub = TrustedPublisher.GitHub("trailofbits/pypi-attestation-models", "release.yml");
    private static readonly TrustedPublisher _person = TrustedPublisher.Google("william@yossarian.net") with
    {
        Issuer = "https://github.com/login/oauth",
    };

    private static readonly (string Distribution, string Attestation, TrustedPublisher Publisher, bool Staging)[] _cases =
    [
        ("gitlab_oidc_project-0.0.3.tar.gz", "gitlab_oidc_project-0.0.3.tar.gz.publish.attestation", _gitLab, false),
        ("pypi_attestation_models-0.0.4a2.tar.gz", "pypi_attestation_models-0.0.4a2.tar.gz.attestation", _gitHub, false),
        ("rfc8785-0.1.2-py3-none-any.whl", "rfc8785-0.1.2-py3-none-any.whl.attestation", _person, true),
        ("rfc8785-0.1.2-py3-none-any.whl", "rfc8785-0.1.2-py3-none-any.whl.publish.attestation", _person, true),
    ];

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Every_attestation_verifies_for_its_publisher_and_none_for_another()
    {
        Assert.Equal(
            _cases.Select(each => each.Attestation).Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder, "*.attestation").Select(IoPath.GetFileName).Order(StringComparer.Ordinal)
        );
        for (var i = 0; i < _cases.Length; i++)
        {
            var (distribution, attestation, publisher, staging) = _cases[i];
            var file = Copy(distribution, File.ReadAllBytes(IoPath.Combine(Folder, attestation)), $"case-{i}");
            var verified = Assert.Single(await VerifyAsync(file, publisher, staging));
            Assert.Equal(AttestationStatement.PublishType, verified.PredicateType);
            Assert.Equal(FileDigest.Of(file), verified.Sha256);
            Assert.Equal(publisher.Issuer, verified.Issuer);
            Assert.NotEmpty(verified.LogEntries);
            foreach (
                var other in new[] { _gitLab, _gitHub, _person, TrustedPublisher.Google("william@yossarian.net") }.Where(other =>
                    other != publisher
                )
            )
            {
                Assert.Equal("Identity", (await RefusedAsync(file, other, staging)).Step);
            }

            Assert.Equal("TransparencyLog", (await RefusedAsync(file, publisher, !staging)).Step);
        }
    }

    [Fact]
    public void An_attestation_and_its_bundle_hold_the_same()
    {
        foreach (var each in _cases)
        {
            var attestation = Attestation.Load(IoPath.Combine(Folder, each.Attestation));
            Assert.Equal(attestation, AttestationConversion.FromBundle(AttestationConversion.ToBundle(attestation)));
        }

        foreach (var name in new[] { "pypi_attestation_models-0.0.4a2.tar.gz", "rfc8785-0.1.2-py3-none-any.whl" })
        {
            var bundle = Bundle.Load(IoPath.Combine(Folder, name + ".sigstore"));
            Assert.Equal(Attestation.Load(IoPath.Combine(Folder, name + ".attestation")), AttestationConversion.FromBundle(bundle));
            Assert.Equal(bundle.ToJson(), AttestationConversion.ToBundle(AttestationConversion.FromBundle(bundle)).ToJson());
        }
    }

    [Theory]
    [InlineData("signature", "Signature")]
    [InlineData("statement", "Statement")]
    [InlineData("certificate", "CertificateChain")]
    [InlineData("body", "TransparencyLog")]
    [InlineData("promise", "TransparencyLog")]
    [InlineData("time", "TransparencyLog")]
    public async Task A_changed_attestation_is_refused_where_it_was_changed(string part, string step)
    {
        var json = JsonNode.Parse(File.ReadAllBytes(IoPath.Combine(Folder, _cases[0].Attestation)))!;
        var entry = json["verification_material"]!["transparency_entries"]![0]!;
        switch (part)
        {
            case "signature":
                json["envelope"]!["signature"] = Flipped(json["envelope"]!["signature"]!, 20);
                break;
            case "statement":
                json["envelope"]!["statement"] = Replaced(json["envelope"]!["statement"]!, "0.0.3", "0.0.4");
                break;
            case "certificate":
                json["verification_material"]!["certificate"] = Replaced(
                    json["verification_material"]!["certificate"]!,
                    "facutuesca/gitlab",
                    "facutuesca/gitLab"
                );
                break;
            case "body":
                entry["canonicalizedBody"] = Replaced(entry["canonicalizedBody"]!, "dsse", "dssf");
                break;
            case "promise":
                entry["inclusionPromise"]!["signedEntryTimestamp"] = Flipped(entry["inclusionPromise"]!["signedEntryTimestamp"]!, 20);
                break;
            case "time":
                entry["integratedTime"] = "1732037821";
                break;
        }

        var file = Copy(_cases[0].Distribution, Encoding.UTF8.GetBytes(json.ToJsonString()), part);
        var failure = await RefusedAsync(file, _gitLab, staging: false);
        Assert.True(
            failure.Step == step || step == "TransparencyLog" && failure.Step is "LogEntryBinding" or "TrustedTime" or "Signature",
            $"{part}: {failure}"
        );
    }

    [Fact]
    public async Task Other_bytes_a_publisher_in_another_case_and_a_wrong_workflow_are_refused_with_the_reason()
    {
        var (distribution, attestation, _, _) = _cases[0];
        var file = Copy(
            distribution,
            await File.ReadAllBytesAsync(IoPath.Combine(Folder, attestation), TestContext.Current.CancellationToken),
            "one"
        );
        var failure = await RefusedAsync(file, TrustedPublisher.GitLab("Facutuesca/gitlab-oidc-project", ".gitlab-ci.yml"), staging: false);
        Assert.Contains("upper and lower case", failure.Advice, StringComparison.Ordinal);
        failure = await RefusedAsync(file, TrustedPublisher.GitLab("facutuesca/gitlab-oidc-project", "release.yml"), staging: false);
        Assert.Equal("ExtensionMismatch", failure.Cause);
        Assert.Contains(
            "//release.yml@72f7c63b75eb55ea80864962f0e645c93414da34\" or \"@refs/heads/main\"",
            failure.Expected,
            StringComparison.Ordinal
        );
        Assert.Contains("somebody else", failure.Advice, StringComparison.Ordinal);
        await File.AppendAllTextAsync(file.FullPath, "x", TestContext.Current.CancellationToken);
        Assert.Equal("SubjectMismatch", (await RefusedAsync(file, _gitLab, staging: false)).Cause);
    }

    private static string Folder => Corpora.Require("pypi-attestations");

    private static string Flipped(JsonNode base64, int at)
    {
        var bytes = Convert.FromBase64String(base64.GetValue<string>());
        bytes[at] ^= 1;
        return Convert.ToBase64String(bytes);
    }

    private static string Replaced(JsonNode base64, string from, string to)
    {
        var text = Encoding.Latin1.GetString(Convert.FromBase64String(base64.GetValue<string>()));
        Assert.Contains(from, text, StringComparison.Ordinal);
        return Convert.ToBase64String(Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
    }

    private FilePath Copy(string distribution, byte[] attestation, string folder)
    {
        _rig.Folder.Write($"{folder}/{distribution}.publish.attestation", attestation);
        return _rig.Folder.Write($"{folder}/{distribution}", File.ReadAllBytes(IoPath.Combine(Folder, distribution)));
    }

    private Task<IReadOnlyList<VerifiedAttestation>> VerifyAsync(FilePath file, TrustedPublisher publisher, bool staging) =>
        _rig.Context.PyPiVerifyAttestations(
            [file],
            new PyPiVerifyAttestationsSettings
            {
                Publisher = publisher,
                Trust = { TrustedRoot = staging ? Corpora.Require("trust/staging_trusted_root.json") : null },
            },
            TestContext.Current.CancellationToken
        );

    private async Task<BlobProblem> RefusedAsync(FilePath file, TrustedPublisher publisher, bool staging) =>
        Assert.Single((await Assert.ThrowsAsync<BlobVerificationException>(() => VerifyAsync(file, publisher, staging))).Problems);
}
