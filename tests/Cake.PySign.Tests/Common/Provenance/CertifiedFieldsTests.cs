using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cake.PySign.Common.Provenance;
using PySign.Sandbox.Fulcio;
using PySign.Sandbox.Oidc;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Tests.Common.Provenance;

/// <summary>What a certificate does not say and what it says otherwise, field by field and issuer by issuer.</summary>
public sealed class CertifiedFieldsTests
{
    private const string GitLabCom = "https://gitlab.com";
    private const string Own = "https://gitlab.acme.example";
    private const string GitHub = "https://token.actions.githubusercontent.com";
    private const string Enterprise = "https://token.actions.githubusercontent.com/acme";
    private const string Arc = "1.3.6.1.4.1.57264.1.";

    // What a policy rests on: repository, commit, ref, build configuration. And run, event, numbers, runner.
    private static readonly int[] _essential = [12, 13, 14, 18];
    private static readonly int[] _others = [11, 15, 17, 20, 21];

    [Theory]
    [InlineData(GitLabCom, true)]
    [InlineData(GitHub, true)]
    [InlineData(Enterprise, true)]
    [InlineData(Own, false)]
    [InlineData("https://gitlab.com.acme.example", false)]
    public void What_a_certificate_leaves_out_is_refused_where_a_policy_rests_on_it_or_the_issuer_always_writes_it(string issuer, bool all)
    {
        var (claims, extensions) = Job(issuer);
        Assert.Equal(claims.NotCertified, ProvenanceVerifier.Of(claims, Certificate(extensions)).Claims.NotCertified);
        foreach (var number in _essential.Concat(_others))
        {
            var certificate = Certificate(extensions.Where(one => one.Oid!.Value != Arc + Text(number)));
            if (all || _essential.Contains(number))
            {
                Assert.Throws<ProvenanceException>(() => ProvenanceVerifier.Of(claims, certificate));
            }
            else
            {
                Assert.Single(ProvenanceVerifier.Of(claims, certificate).Claims.NotCertified.Except(claims.NotCertified));
            }
        }
    }

    [Theory]
    [InlineData(GitLabCom)]
    [InlineData(GitHub)]
    [InlineData(Own)]
    public void What_a_certificate_says_otherwise_is_refused_whoever_issued_it(string issuer)
    {
        var (claims, extensions) = Job(issuer);
        foreach (var number in _essential.Concat(_others))
        {
            var certificate = Certificate(
                extensions.Select(one => one.Oid!.Value == Arc + Text(number) ? Extension(number, "other") : one)
            );
            Assert.Throws<ProvenanceException>(() => ProvenanceVerifier.Of(claims, certificate));
        }
    }

    [Theory]
    [InlineData(Own, "https://gitlab.com/acme/hello-pysign", true)]
    [InlineData(Own, "https://gitlab.acme.example/acme/hello-pysign", true)]
    [InlineData(Own, "https://gitlab.com/acme/other", false)]
    [InlineData(Own, "https://gitlab.com.acme.example/acme/hello-pysign", false)]
    [InlineData(Own, "https://gitlab.other.example/acme/hello-pysign", false)]
    [InlineData("https://acme.example/gitlab", "https://gitlab.com/acme/hello-pysign", true)]
    [InlineData("https://acme.example/gitlab", "https://acme.example/acme/hello-pysign", false)]
    [InlineData(GitLabCom, "https://gitlab.acme.example/acme/hello-pysign", false)]
    public void Only_gitlab_com_may_stand_for_another_server_and_only_for_the_issuers_own(string issuer, string repository, bool taken)
    {
        var (claims, extensions) = Job(issuer);
        var certificate = Certificate(extensions.Select(one => one.Oid!.Value == Arc + "12" ? Extension(12, repository) : one));
        Assert.Equal($"{issuer}/acme/hello-pysign", claims.Repository);
        var refusal = Record.Exception(() => ProvenanceVerifier.Of(claims, certificate));
        Assert.Equal(taken ? null : ProvenancePart.Repository, (refusal as ProvenanceException)?.Part);
        Assert.Equal(taken, CertifiedSource.Policy(FulcioExtension.SourceRepositoryUri, claims.Repository).Refuse(certificate) is null);
    }

    /// <summary>Other services build projects of gitlab.com; there it is meant.</summary>
    [Fact]
    public void Gitlab_com_is_itself_in_the_certificate_of_a_service_that_is_no_gitlab()
    {
        var certificate = Certificate([
            CertificateExtensions.UriName("https://g.codefresh.example/acme/release:1/2"),
            Extension(8, "https://oidc.codefresh.example"),
            Extension(12, "https://gitlab.com/acme/hello-pysign"),
        ]);
        Assert.Equal("https://gitlab.com/acme/hello-pysign", CertifiedSource.Of(certificate, FulcioExtension.SourceRepositoryUri));
    }

    private static (BuildClaims Claims, IReadOnlyList<X509Extension> Extensions) Job(string server)
    {
        var isGitHub = server.StartsWith(GitHub, StringComparison.Ordinal);
        using var keys = new LentRsaKeys();
        var kind = isGitHub ? IssuerKind.GitHub : IssuerKind.GitLab;
        using var issuer = new TokenIssuer(server, kind, $"{server}/keys", TimeProvider.System, keys.Next);
        var now = TimeProvider.System.GetUtcNow();
        var claims = isGitHub ? GitHubClaims.Create(server, [], now) : GitLabClaims.Create(server, [], now);
        var token = IdentityToken.Parse(issuer.Sign(claims));
        using var json = JsonDocument.Parse(claims.ToJsonString());
        return (BuildClaims.Of(token)!, CertificateExtensions.For(new IdentityClaims(issuer, json.RootElement.Clone()))!);
    }

    private static CertificateIdentity Certificate(IEnumerable<X509Extension> extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now, now.AddMinutes(10));
        return CertificateIdentity.Read(global::PySign.Sigstore.Certificates.Certificate.Parse(certificate.RawData));
    }

    private static X509Extension Extension(int number, string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
        return new X509Extension(Arc + Text(number), writer.Encode(), critical: false);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
