using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>Why there is no token, as far as the surroundings tell, and the lines that are missing where.</summary>
public static class MissingToken
{
    /// <summary>The refusal, with the place where the job's CI service is told to hand out a token.</summary>
    public static SigningException In(Func<string, string?> environment, string audience, string what)
    {
        var (reason, why, advice) = CiSurroundings.Detect(environment) switch
        {
            CiService.GitHub when GitHubPullRequest.IsFromFork(environment) => (
                SigningFailure.TokenWithheldFromFork,
                "this is a pull request from a fork, and GitHub gives those no identity",
                "Sign in a workflow that a push or a tag of the repository itself starts. Do not turn to pull_request_target: it would "
                    + "run the fork's code with your secrets."
            ),
            CiService.GitHub => (
                SigningFailure.TokenPermissionMissing,
                "the job may not ask for one",
                $"Add to the job in the workflow:{Lines("permissions:", "  id-token: write", "  contents: read")}"
            ),
            CiService.GitLab => (
                SigningFailure.TokenNotConfigured,
                HasPyPiToken(environment) ? "PYPI_ID_TOKEN is there, but it is for another audience" : "the job asks for none",
                $"{(HasPyPiToken(environment) ? "Each audience needs a token of its own. " : "")}Add to the job in .gitlab-ci.yml:"
                    + Lines("id_tokens:", $"  {EnvironmentTokenProvider.VariableFor(audience)}:", $"    aud: {audience}")
            ),
            CiService.AzurePipelines => (
                SigningFailure.TokenNotOffered,
                "Azure Pipelines has none for Sigstore (its tokens are for a service connection), and the public certificate authority "
                    + "knows none of its issuers",
                "Sign with a key, or use a Fulcio of your own that accepts the issuer, and name variable, file or command that gives "
                    + "the token (PYSIGN_ID_TOKEN_VARIABLE, PYSIGN_ID_TOKEN_FILE)."
            ),
            CiService.Jenkins => (
                SigningFailure.TokenNotOffered,
                "Jenkins has none by itself, and the public certificate authority knows no Jenkins",
                "Sign with a key, or use a Fulcio of your own that accepts your Jenkins: the plugin OpenID Connect Provider binds a "
                    + "token to a variable or file (PYSIGN_ID_TOKEN_VARIABLE, PYSIGN_ID_TOKEN_FILE)."
            ),
            _ => (
                SigningFailure.TokenMissing,
                "",
                "Run in a CI that gives its jobs an identity (GitLab, GitHub, Buildkite, CircleCI), give a token in SIGSTORE_ID_TOKEN, "
                    + "or, as a person at a terminal, ask to log in (--interactive)."
            ),
        };
        return new SigningException(reason, "", why.Length > 0 ? $"{what}. The reason: {why}" : what, advice);
    }

    private static bool HasPyPiToken(Func<string, string?> environment) => !string.IsNullOrEmpty(environment("PYPI_ID_TOKEN"));

    private static string Lines(params ReadOnlySpan<string> lines)
    {
        var text = "";
        foreach (var line in lines)
        {
            text += Environment.NewLine + "    " + line;
        }

        return text;
    }
}
