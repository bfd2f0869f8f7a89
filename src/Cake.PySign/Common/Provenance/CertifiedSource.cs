using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Common.Provenance;

/// <summary>
/// What a certificate says of the source, with the server that is meant. Fulcio's rules for GitLab write gitlab.com before repository,
/// owner and run, whichever GitLab issued the token (sigstore/fulcio issue 1325; newer rules write the issuer). The issuer vouches for its
/// own projects alone: where it is another GitLab, its project of that path is meant, and none of gitlab.com.
/// </summary>
internal static class CertifiedSource
{
    public const string GitLab = "https://gitlab.com";
    public const string GitHub = "https://token.actions.githubusercontent.com";

    public static string? Of(CertificateIdentity certificate, FulcioExtension extension)
    {
        var text = certificate[extension];
        return
            text?.StartsWith(GitLab + "/", StringComparison.Ordinal) == true
            && extension
                is FulcioExtension.SourceRepositoryUri
                    or FulcioExtension.SourceRepositoryOwnerUri
                    or FulcioExtension.RunInvocationUri
            && IsOfAnotherGitLab(certificate)
            ? certificate.Issuer.TrimEnd('/') + text[GitLab.Length..]
            : text;
    }

    /// <summary>Whether the certificate was issued by the rules of the public issuers, which name every field.</summary>
    public static bool IsPublic(CertificateIdentity certificate) =>
        certificate.Issuer is GitLab or GitHub || certificate.Issuer.StartsWith(GitHub + "/", StringComparison.Ordinal);

    /// <summary>A certificate that says this of the source, the server that it writes or the one that is meant.</summary>
    public static VerificationPolicy Policy(FulcioExtension extension, string value) => new SourcePolicy(extension, value);

    // Another CI service may build a project of gitlab.com; a GitLab's certificate names a configuration on the issuer's own server, behind
    // two slashes.
    private static bool IsOfAnotherGitLab(CertificateIdentity certificate)
    {
        if (certificate.Issuer.TrimEnd('/') == GitLab || !Uri.TryCreate(certificate.Issuer, UriKind.Absolute, out var issuer))
        {
            return false;
        }

        var server = $"https://{issuer.Authority}/";
        return certificate.SubjectAlternativeName.StartsWith(server, StringComparison.OrdinalIgnoreCase)
            && certificate.SubjectAlternativeName.AsSpan(server.Length).Contains("//", StringComparison.Ordinal);
    }

    private sealed class SourcePolicy(FulcioExtension extension, string value) : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity) =>
            Of(identity, extension) == value ? null : Extension(extension, value).Refuse(identity);
    }
}
