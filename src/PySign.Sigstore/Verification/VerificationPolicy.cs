using System.Text.RegularExpressions;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Verification;

/// <summary>Who must have signed. Comparisons are exact, case included, unless a pattern is asked for by name.</summary>
public abstract class VerificationPolicy
{
    private const string GitHubIssuer = "https://token.actions.githubusercontent.com";

    /// <summary>A policy of one's own: the verifier asks it after everything about the certificate has been proven.</summary>
    protected VerificationPolicy() { }

    /// <summary>Why the identity does not satisfy the policy; null if it does.</summary>
    /// <param name="identity">What the certificate says of its owner.</param>
    public abstract VerificationException? Refuse(CertificateIdentity identity);

    /// <summary>Exactly this identity, vouched for by exactly this issuer.</summary>
    /// <param name="identity">The subject alternative name, such as
    /// <c>https://gitlab.com/group/project//.gitlab-ci.yml@refs/tags/v1</c>.</param>
    /// <param name="issuer">The OIDC issuer, such as <c>https://gitlab.com</c>.</param>
    /// <exception cref="ArgumentException">One of the two is empty.</exception>
    public static VerificationPolicy Exact(string identity, string issuer) => new ExactPolicy(Given(identity), Given(issuer));

    /// <summary>An identity that matches the pattern as a whole, vouched for by exactly this issuer.</summary>
    /// <param name="identityPattern">A .NET regular expression; it is anchored at both ends whether it says so or not.</param>
    /// <param name="issuer">The OIDC issuer, exact.</param>
    /// <exception cref="ArgumentException">The pattern is empty or no regular expression (look-around and back references are not
    /// supported), or the issuer is empty.</exception>
    public static VerificationPolicy Pattern(string identityPattern, string issuer) =>
        new PatternPolicy(Given(identityPattern), Given(issuer));

    /// <summary>The certificate has an extension with exactly this value.</summary>
    /// <param name="extension">The extension.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public static VerificationPolicy Extension(FulcioExtension extension, string value) => new ExtensionPolicy(extension, Given(value));

    /// <summary>All of the policies; without any, nothing satisfies it.</summary>
    /// <param name="policies">The policies.</param>
    public static VerificationPolicy All(params VerificationPolicy[] policies) => new AllPolicy([.. policies]);

    /// <summary>At least one of the policies; without any, nothing satisfies it.</summary>
    /// <param name="policies">The policies.</param>
    public static VerificationPolicy Any(params VerificationPolicy[] policies) => new AnyPolicy([.. policies]);

    /// <summary>
    /// Whoever signed. The signature then only says that somebody made it, which an attacker can do too: use the result's
    /// identity for showing, never for trusting.
    /// </summary>
    public static VerificationPolicy UnsafeAnyIdentity() => new UnsafePolicy();

    /// <summary>A GitLab CI pipeline of one project.</summary>
    /// <param name="project">The project's path, such as <c>group/project</c>.</param>
    /// <param name="configPath">The CI configuration's path in the project, usually <c>.gitlab-ci.yml</c>.</param>
    /// <param name="gitRef">The full ref, such as <c>refs/tags/v1.0.0</c>.</param>
    /// <param name="host">The instance's host.</param>
    /// <exception cref="ArgumentException">A part is empty, or the ref is not a full one.</exception>
    public static VerificationPolicy ForGitLab(string project, string configPath, string gitRef, string host = "gitlab.com") =>
        Exact($"https://{Given(host)}/{Given(project).Trim('/')}//{Given(configPath).TrimStart('/')}@{FullRef(gitRef)}", $"https://{host}");

    /// <summary>A GitHub Actions workflow of one repository.</summary>
    /// <param name="repository">The repository, such as <c>owner/name</c>.</param>
    /// <param name="workflow">The workflow's file name in <c>.github/workflows</c>, such as <c>release.yml</c>.</param>
    /// <param name="gitRef">The full ref, such as <c>refs/tags/v1.0.0</c>.</param>
    /// <exception cref="ArgumentException">A part is empty, or the ref is not a full one.</exception>
    public static VerificationPolicy ForGitHub(string repository, string workflow, string gitRef) =>
        Exact($"https://github.com/{Given(repository).Trim('/')}/.github/workflows/{Given(workflow)}@{FullRef(gitRef)}", GitHubIssuer);

    /// <summary>
    /// GitHub itself, as it attests an immutable release (<c>https://dotcom.releases.github.com</c>, for which no issuer vouches). It is
    /// verified with GitHub's trusted root, and without requiring a log; what it says is that these files are those of the release.
    /// </summary>
    /// <param name="tenant"><c>dotcom</c> for github.com, or the name of a GHE.com enterprise.</param>
    /// <exception cref="ArgumentException">The tenant is empty.</exception>
    public static VerificationPolicy GitHubRelease(string tenant = "dotcom") =>
        new GitHubReleasePolicy(CertificateIdentity.GitHubReleases(Given(tenant)));

    private static string Given(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return value;
    }

    private static string FullRef(string gitRef) =>
        Given(gitRef).StartsWith("refs/", StringComparison.Ordinal)
            ? gitRef
            : throw new ArgumentException($"\"{gitRef}\" is not a full ref such as refs/tags/v1.0.0 or refs/heads/main.", nameof(gitRef));

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.Identity,
            expected,
            actual,
            "The artifact was signed by somebody else than expected. If the signer is right, correct the expected identity; otherwise "
                + "do not use the artifact."
        );

    private static VerificationException? RefuseIssuer(CertificateIdentity identity, string issuer) =>
        identity.Issuer == issuer ? null : Fail(VerificationFailure.IssuerMismatch, $"issuer \"{issuer}\"", $"\"{identity.Issuer}\"");

    private sealed class GitHubReleasePolicy(string name) : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity) =>
            identity is { Kind: IdentityKind.Uri, Issuer: "" } && identity.SubjectAlternativeName == name
                ? null
                : Fail(
                    VerificationFailure.IdentityMismatch,
                    $"identity \"{name}\" without an issuer",
                    $"\"{identity.SubjectAlternativeName}\" ({identity.Issuer})"
                );
    }

    private sealed class ExactPolicy(string name, string issuer) : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity) =>
            identity.SubjectAlternativeName == name
                ? RefuseIssuer(identity, issuer)
                : Fail(VerificationFailure.IdentityMismatch, $"identity \"{name}\"", $"\"{identity.SubjectAlternativeName}\"");
    }

    private sealed class PatternPolicy : VerificationPolicy
    {
        private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

        private readonly string _pattern;
        private readonly string _issuer;
        private readonly Regex _anchored;

        public PatternPolicy(string pattern, string issuer)
        {
            try
            {
                // Alone first: a pattern such as "x)|(y" must not become valid by being put in parentheses.
                _ = new Regex(pattern, Options, TimeSpan.FromSeconds(1));
                _anchored = new Regex($@"\A(?:{pattern})\z", Options, TimeSpan.FromSeconds(1));
            }
            catch (NotSupportedException e)
            {
                throw new ArgumentException(
                    "Look-around, back references and atomic groups are not supported in identity patterns.",
                    nameof(pattern),
                    e
                );
            }

            _pattern = pattern;
            _issuer = issuer;
        }

        public override VerificationException? Refuse(CertificateIdentity identity)
        {
            var name = identity.SubjectAlternativeName;
            try
            {
                return _anchored.Match(name) is { Success: true, Index: 0 } match && match.Length == name.Length
                    ? RefuseIssuer(identity, _issuer)
                    : Fail(VerificationFailure.IdentityMismatch, $"an identity matching \"{_pattern}\" as a whole", $"\"{name}\"");
            }
            catch (RegexMatchTimeoutException)
            {
                return Fail(
                    VerificationFailure.IdentityMismatch,
                    $"an identity matching \"{_pattern}\" within one second",
                    "no answer in time"
                );
            }
        }
    }

    private sealed class ExtensionPolicy(FulcioExtension extension, string value) : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity) =>
            identity[extension] == value
                ? null
                : Fail(
                    VerificationFailure.ExtensionMismatch,
                    $"{extension} \"{value}\"",
                    identity[extension] is { } found ? $"\"{found}\"" : "no such extension"
                );
    }

    private sealed class AllPolicy(VerificationPolicy[] policies) : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity)
        {
            foreach (var policy in policies)
            {
                if (policy.Refuse(identity) is { } refusal)
                {
                    return refusal;
                }
            }

            return policies.Length > 0 ? null : Fail(VerificationFailure.PolicyEmpty, "at least one policy in All", "none");
        }
    }

    private sealed class AnyPolicy(VerificationPolicy[] policies) : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity)
        {
            List<string> expected = [],
                actual = [];
            foreach (var policy in policies)
            {
                if (policy.Refuse(identity) is not { } refusal)
                {
                    return null;
                }

                expected.Add(refusal.Expected);
                actual.Add(refusal.Actual);
            }

            return policies.Length > 0
                ? Fail(VerificationFailure.PolicyUnsatisfied, string.Join(" or ", expected), string.Join("; ", actual))
                : Fail(VerificationFailure.PolicyEmpty, "at least one policy in Any", "none");
        }
    }

    private sealed class UnsafePolicy : VerificationPolicy
    {
        public override VerificationException? Refuse(CertificateIdentity identity) => null;
    }
}
