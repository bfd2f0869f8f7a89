using Cake.PySign.Consume;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>What an identity token's own claims say against the identity that the release must have: a certificate that names somebody else
/// is in the log permanently.</summary>
internal static class IdentityRules
{
    private const string Reusable =
        "A reusable workflow signs under its own name. Sign in a job of the workflow that calls it, or require this identity on purpose: "
        + "set "
        + "CERTIFICATE_IDENTITY to it.";

    /// <summary>All of them for a release.</summary>
    public static IEnumerable<PreflightProblem> Problems(IdentityToken token, Release release, Ledger ledger)
    {
        var problems = Problems(token, release.Options, release is { Attests: true, UsesTrustedPublishing: true });
        return ConsumerVerificationStage.UsersPolicy(release) is { } policy ? problems.Concat(OfPolicy(token, policy, ledger)) : problems;
    }

    public static IEnumerable<PreflightProblem> Problems(IdentityToken token, ReleaseOptions options, bool publishesAttestations)
    {
        var called = token.Claim("job_workflow_ref");
        var caller = token.Claim("workflow_ref");
        var isReusable = called is not null && caller is not null && called != caller;
        if (options.CertificateIdentity is { } expected && token.ExpectedIdentity != expected)
        {
            yield return new PreflightProblem(
                nameof(PreflightReason.IdentityMismatch),
                "CERTIFICATE_IDENTITY",
                $"The certificate would name '{token.ExpectedIdentity}', and '{expected}' is required."
                    + (isReusable ? $" The job is one of the reusable workflow {called}, called by {caller}." : ""),
                isReusable ? Reusable : Advice(token, expected),
                ReleaseStage.Sign
            );
        }

        if (options.CertificateOidcIssuer is { } issuer && token.ExpectedIssuer != issuer)
        {
            yield return new PreflightProblem(
                nameof(PreflightReason.IssuerMismatch),
                "CERTIFICATE_OIDC_ISSUER",
                $"The certificate would name the issuer '{token.ExpectedIssuer}', and '{issuer}' is required.",
                "Set CERTIFICATE_OIDC_ISSUER to the former, or remove it: the running job's is known.",
                ReleaseStage.Sign
            );
        }

        if (isReusable && publishesAttestations)
        {
            yield return new PreflightProblem(
                nameof(PreflightReason.ReusableWorkflow),
                "job_workflow_ref",
                $"The index exchanges the token for the publisher of {called}, and checks attestations against {caller}: no publisher can "
                    + "be both.",
                "Sign and publish in a job of the workflow that is started itself; a reusable one may build.",
                ReleaseStage.Publish
            );
        }
    }

    /// <summary>Consumers would refuse what is public by then. What a policy asks of a certificate beyond its name shows when there is
    /// one.</summary>
    private static IEnumerable<PreflightProblem> OfPolicy(IdentityToken token, ReleasePolicy policy, Ledger ledger)
    {
        var (name, version) = (ProjectName.Parse(ledger.Name), PythonVersion.Parse(ledger.Version));
        if (policy.Signers.Any(signer => signer.Names(token.ExpectedIdentity, token.ExpectedIssuer, name, version)))
        {
            yield break;
        }

        var accepted = policy.Signers.Select(signer =>
            signer.Key is { } key ? $"the key {key.Hint}" : $"'{signer.Identity}' of '{signer.Issuer}'"
        );
        yield return new PreflightProblem(
            nameof(PreflightReason.SignerNotInPolicy),
            "PYSIGN_POLICY",
            $"The certificate would name '{token.ExpectedIdentity}' of '{token.ExpectedIssuer}', and the users' policy accepts "
                + $"{string.Join(" and ", accepted)}.",
            "Correct the policy, or sign as one of those: users would refuse the release.",
            ReleaseStage.ConsumerVerification
        );
    }

    /// <summary>The same of the certificate itself, with everything that the policy asks of it.</summary>
    public static PreflightProblem? OfPolicy(CertificateIdentity certificate, ReleasePolicy policy, Ledger ledger)
    {
        var (name, version) = (ProjectName.Parse(ledger.Name), PythonVersion.Parse(ledger.Version));
        var refusals = policy
            .Signers.Where(signer => signer.Key is null)
            .Select(signer => signer.For(name, version).Refuse(certificate))
            .ToList();
        return refusals.Contains(null)
            ? null
            : new PreflightProblem(
                nameof(PreflightReason.SignerNotInPolicy),
                "PYSIGN_POLICY",
                "The users' policy would refuse the certificate: "
                    + string.Join("; ", refusals.Select(refusal => $"expected {refusal!.Expected}, found {refusal.Actual}"))
                    + ".",
                "Correct the policy, or sign as it asks: users would refuse the release.",
                ReleaseStage.ConsumerVerification
            );
    }

    private static string Advice(IdentityToken token, string expected)
    {
        var (workflow, wanted) = (Before(token.ExpectedIdentity), Before(expected));
        if (workflow == wanted && workflow.Length > 0)
        {
            return "Both are of one file and of another ref. Remove CERTIFICATE_IDENTITY, so that the running job's own is required; or "
                + "write "
                + $"it with @{After(token.ExpectedIdentity)}. In a GitLab pipeline on tags: @refs/tags/$CI_COMMIT_TAG.";
        }

        return "Remove CERTIFICATE_IDENTITY, so that the running job's own identity is required, or correct it: project, file and ref must "
            + "be "
            + "written as they are.";
    }

    private static string Before(string identity) => identity.LastIndexOf('@') is > 0 and var at ? identity[..at] : "";

    private static string After(string identity) => identity[(identity.LastIndexOf('@') + 1)..];
}
