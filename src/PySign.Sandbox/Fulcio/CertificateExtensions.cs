using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PySign.Sandbox.Oidc;

namespace PySign.Sandbox.Fulcio;

/// <summary>The subject alternative name and the 1.3.6.1.4.1.57264.1 extensions that Fulcio derives from a token.</summary>
internal static class CertificateExtensions
{
    private const string Arc = "1.3.6.1.4.1.57264.1.";

    /// <returns>Null when a claim that the certificate must carry is missing.</returns>
    public static IReadOnlyList<X509Extension>? For(IdentityClaims claims, bool gitLabByName = false) =>
        claims.Issuer.Kind switch
        {
            IssuerKind.GitLab when gitLabByName => ForGitLab(claims, "https://gitlab.com", Escaped),
            IssuerKind.GitLab => ForGitLab(claims, claims.Issuer.Issuer, text => text),
            IssuerKind.GitHub => ForGitHub(claims),
            _ => ForEmail(claims),
        };

    /// <summary>Whether older instances, and CI providers that are configured sparingly, leave it out.</summary>
    public static bool IsLuxury(X509Extension extension) =>
        extension.Oid!.Value is Arc + "11" or Arc + "15" or Arc + "17" or Arc + "20" or Arc + "21";

    /// <summary>Whether it is the subject's name or the issuer.</summary>
    public static bool IsIdentity(X509Extension extension) => extension.Oid!.Value is "2.5.29.17" or Arc + "1" or Arc + "8";

    public static X509Extension UriName(string uri) => Name(uri, tag: 6);

    private static List<X509Extension>? ForGitLab(IdentityClaims claims, string url, Func<string, string> written)
    {
        string[] required =
        [
            "sub",
            "ci_config_ref_uri",
            "ci_config_sha",
            "runner_environment",
            "project_path",
            "sha",
            "ref",
            "ref_type",
            "project_id",
            "namespace_path",
            "namespace_id",
            "pipeline_source",
            "job_id",
            "project_visibility",
        ];
        if (Array.Exists(required, name => claims[name].Length == 0))
        {
            return null;
        }

        var config = $"https://{claims["ci_config_ref_uri"]}";
        var sourceRef = claims["ref_type"] == "branch" ? $"refs/heads/{claims["ref"]}" : $"refs/tags/{claims["ref"]}";
        return
        [
            UriName(config),
            .. Raw((1, claims.Issuer.Issuer)),
            .. Text(
                (8, claims.Issuer.Issuer),
                (9, written(config)),
                (10, claims["ci_config_sha"]),
                (11, claims["runner_environment"]),
                (12, $"{url}/{claims["project_path"]}"),
                (13, claims["sha"]),
                (14, sourceRef),
                (15, claims["project_id"]),
                (16, $"{url}/{claims["namespace_path"]}"),
                (17, claims["namespace_id"]),
                (18, written(config)),
                (19, claims["ci_config_sha"]),
                (20, claims["pipeline_source"]),
                (21, $"{url}/{claims["project_path"]}/-/jobs/{claims["job_id"]}"),
                (22, claims["project_visibility"]),
                (23, claims["environment"]),
                (24, claims["sub"])
            ),
        ];
    }

    private static List<X509Extension>? ForGitHub(IdentityClaims claims)
    {
        string[] required =
        [
            "sub",
            "job_workflow_ref",
            "job_workflow_sha",
            "runner_environment",
            "repository",
            "sha",
            "ref",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "workflow",
            "workflow_ref",
            "workflow_sha",
            "event_name",
            "run_id",
            "run_attempt",
            "repository_visibility",
        ];
        if (Array.Exists(required, name => claims[name].Length == 0))
        {
            return null;
        }

        const string Url = "https://github.com";
        var signer = $"{Url}/{claims["job_workflow_ref"]}";
        return
        [
            UriName(signer),
            .. Raw(
                (1, claims.Issuer.Issuer),
                (2, claims["event_name"]),
                (3, claims["sha"]),
                (4, claims["workflow"]),
                (5, claims["repository"]),
                (6, claims["ref"])
            ),
            .. Text(
                (8, claims.Issuer.Issuer),
                (9, signer),
                (10, claims["job_workflow_sha"]),
                (11, claims["runner_environment"]),
                (12, $"{Url}/{claims["repository"]}"),
                (13, claims["sha"]),
                (14, claims["ref"]),
                (15, claims["repository_id"]),
                (16, $"{Url}/{claims["repository_owner"]}"),
                (17, claims["repository_owner_id"]),
                (18, $"{Url}/{claims["workflow_ref"]}"),
                (19, claims["workflow_sha"]),
                (20, claims["event_name"]),
                (21, $"{Url}/{claims["repository"]}/actions/runs/{claims["run_id"]}/attempts/{claims["run_attempt"]}"),
                (22, claims["repository_visibility"]),
                (23, claims["environment"]),
                (24, claims["sub"])
            ),
        ];
    }

    private static List<X509Extension>? ForEmail(IdentityClaims claims) =>
        claims["email"].Length == 0 || !claims.IsTrue("email_verified")
            ? null
            : [Name(claims["email"], tag: 1), .. Raw((1, claims.Issuer.Issuer)), .. Text((8, claims.Issuer.Issuer))];

    // What is not ASCII in a URI is percent-encoded, as Go's URL type does.
    private static string Escaped(string uri) =>
        string.Concat(
            Encoding
                .UTF8.GetBytes(uri)
                .Select(b => b is > 0x20 and < 0x7F ? ((char)b).ToString() : "%" + b.ToString("X2", CultureInfo.InvariantCulture))
        );

    // A general name is an IA5String.
    private static X509Extension Name(string value, int tag)
    {
        var ascii = Escaped(value);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, ascii, new Asn1Tag(TagClass.ContextSpecific, tag));
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: true);
    }

    // 1 to 6: the extension's value is the text itself.
    private static IEnumerable<X509Extension> Raw(params (int Number, string Value)[] values) =>
        values
            .Where(value => value.Value.Length > 0)
            .Select(value => new X509Extension(
                Arc + value.Number.ToString(CultureInfo.InvariantCulture),
                Encoding.UTF8.GetBytes(value.Value),
                false
            ));

    // 8 and up: the extension's value is a DER UTF8String.
    private static IEnumerable<X509Extension> Text(params (int Number, string Value)[] values) =>
        values
            .Where(value => value.Value.Length > 0)
            .Select(value =>
            {
                var writer = new AsnWriter(AsnEncodingRules.DER);
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, value.Value);
                return new X509Extension(Arc + value.Number.ToString(CultureInfo.InvariantCulture), writer.Encode(), false);
            });
}
