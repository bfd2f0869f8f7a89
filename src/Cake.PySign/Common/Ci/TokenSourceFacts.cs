using PySign.Sigstore.Identity;

namespace Cake.PySign.Common.Ci;

/// <summary>What is known of the ref and the project that a token speaks for. A concern is a sentence; null means that there is
/// none.</summary>
internal sealed record TokenSourceFacts(string? RefConcern, string? ProjectConcern)
{
    public static TokenSourceFacts Of(IdentityToken token, Func<string, string?> variable)
    {
        var visibility = token.Claim("project_visibility") ?? token.Claim("repository_visibility");
        var isGitLab = token.Claim("project_path") is not null;
        var isGitHub = token.Claim("job_workflow_ref") is not null;
        var namesSource = isGitLab || isGitHub || !NamesWhoNotWhat(token);
        return new TokenSourceFacts(
            OfRef(
                token.Claim("ref_protected"),
                token.Claim("ref") ?? variable("CI_COMMIT_REF_NAME") ?? variable("GITHUB_REF"),
                namesSource,
                variable
            ),
            namesSource ? OfProject(visibility, token.Claim("project_path") ?? token.Claim("repository"), variable) : null
        );
    }

    /// <summary>
    /// A person's or a machine's certificate names them and no project, so there is no project's name to protect, and no ref is claimed to
    /// be released.
    /// </summary>
    private static bool NamesWhoNotWhat(IdentityToken token) =>
        token.ExpectedIdentity.StartsWith("spiffe://", StringComparison.Ordinal)
        || token.ExpectedIdentity.StartsWith("https://kubernetes.io/namespaces/", StringComparison.Ordinal)
        || (
            token.ExpectedIdentity.Contains('@', StringComparison.Ordinal)
            && !token.ExpectedIdentity.Contains("://", StringComparison.Ordinal)
        );

    private static string? OfRef(string? claim, string? name, bool namesSource, Func<string, string?> variable)
    {
        var shown = name is null ? "the ref" : $"the ref '{name}'";
        return claim switch
        {
            "true" => null,
            "false" => $"{shown} is not protected (claim ref_protected)",
            _ when variable("CI_COMMIT_REF_PROTECTED") == "false" || variable("GITHUB_REF_PROTECTED") == "false" =>
                $"{shown} is not protected (as the CI job's variables say; the token says nothing)",
            _ => namesSource ? $"whether {shown} is protected is not known: the token does not say" : null,
        };
    }

    private static string? OfProject(string? claim, string? name, Func<string, string?> variable)
    {
        var shown = name is null ? "the project" : $"the project '{name}'";
        return claim switch
        {
            "public" => null,
            { Length: > 0 } => $"{shown} is {claim}",
            _ when variable("CI_PROJECT_VISIBILITY") is { } said && said != "public" =>
                $"{shown} is {said} (as the CI job's variables say; the token says nothing)",
            _ => $"whether {shown} is public is not known: the token does not say",
        };
    }
}
