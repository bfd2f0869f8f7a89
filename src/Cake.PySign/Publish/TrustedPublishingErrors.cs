using System.Text.Json;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Publish;

/// <summary>Why an index gave no upload token, with what a person needs to register the publisher.</summary>
internal static class TrustedPublishingErrors
{
    /// <summary>The claims that publishers are matched by; none is a secret, and no other is shown.</summary>
    private static readonly string[] _claims =
    [
        "sub",
        "repository",
        "repository_owner",
        "repository_owner_id",
        "workflow_ref",
        "job_workflow_ref",
        "ref",
        "event_name",
        "project_path",
        "ci_config_ref_uri",
        "environment",
        "email",
    ];

    public static PySignException Failed(string what, string? advice, Exception? inner = null) =>
        new(PySignFailure.TrustedPublishingFailed, $"Trusted publishing gave no upload token: {what.TrimEnd('.')}.", advice, inner);

    /// <summary>The token was sent, and what became of it is not known.</summary>
    public static PySignException Lost(PySignException e, IdentityToken identity) =>
        Failed(
            $"the identity token was sent, and there was no answer that says what became of it: {e.Message.Split('\n')[0].Trim()}",
            $"It is not sent again, for it may have been used. {Again(identity)}",
            e
        );

    /// <summary>PyPI's answer 422: <c>{"message":"…","errors":[{"code","description"}]}</c>.</summary>
    public static PySignException Refused(byte[] body, IdentityToken identity, Func<string, string?> environment)
    {
        var (code, description) = Read(body);
        var (what, advice) = Cause(code, identity);
        var claims = string.Concat(
            _claims
                .Select(name => (Name: name, Value: identity.Claim(name)))
                .Where(static claim => claim.Value is { Length: > 0 })
                .Select(static claim => $"{Environment.NewLine}    {claim.Name}: {claim.Value}")
        );
        var fork =
            GitHubPullRequest.IsFromFork(environment)
            || identity.Claim("event_name")?.StartsWith("pull_request", StringComparison.Ordinal) is true
                ? " This job works for a pull request: publishers are matched by the repository's own pushes and tags, never by a "
                    + "fork's request. Publish from those."
                : "";
        return Failed(
            $"{what} ({code}{(description.Length > 0 ? $": {description}" : "")}). The identity token says:{claims}",
            advice + fork
        );
    }

    private static (string What, string Advice) Cause(string code, IdentityToken identity) =>
        code switch
        {
            "invalid-publisher" => (
                "the index knows no publisher with this job's claims",
                "Register one in the project's settings at the index, under Publishing: repository, workflow file and environment as "
                    + "they stand above (an environment that is "
                    + "registered must be there in the job, too). The workflow must be the repository's own: a reusable workflow of "
                    + "another one does not match."
            ),
            "invalid-pending-publisher" => (
                "the pending publisher cannot create its project",
                "The project exists by now, or its name is not allowed: register the job as a publisher of the project itself, or "
                    + "choose another name."
            ),
            "invalid-reuse-token" => (
                "the identity token was exchanged before",
                "Each is taken once. Something else in this job exchanged it, or the answer to an earlier exchange was lost. "
                    + $"{Again(identity)} Publish all files with one call, "
                    + "and let no other tool (twine, gh-action-pypi-publish) exchange the same token."
            ),
            "invalid-token" => (
                "the index does not accept the identity token",
                "It must be in time, for exactly the audience that the index names, and of an issuer that the index knows. Run again; a "
                    + "self-managed GitLab must be registered with the index."
            ),
            "invalid-payload" => (
                "the index cannot read the identity token, or does not know its issuer",
                $"The issuer is {identity.Issuer}: PyPI knows GitHub, gitlab.com, Google and ActiveState. Elsewhere, give "
                    + "Index.UserName and Index.Password."
            ),
            "not-enabled" => (
                "the index has switched it off",
                "Run again later, or give Index.UserName and Index.Password; see the index's status page."
            ),
            _ => ("the index refused", "Read what the index says; if it does not help, give Index.UserName and Index.Password."),
        };

    private static string Again(IdentityToken identity) =>
        identity.Claim("project_path") is null
            ? "Run again: the next run asks for a new one."
            : "A GitLab job has one such token: retry the job, which gets a new one.";

    private static (string Code, string Description) Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement.GetProperty("errors")[0];
            return (Shown(error.GetProperty("code").GetString()), Shown(error.GetProperty("description").GetString()));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return ("422", "");
        }
    }

    private static string Shown(string? text) => string.Concat((text ?? "").Take(300).Select(static c => char.IsControl(c) ? ' ' : c));
}
