using System.Globalization;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>What is wrong with a token is said before anything is called: a certificate authority answers every bad token with the same
/// sentence.</summary>
internal static class TokenPreflight
{
    public static void Check(IdentityToken token, string audience, DateTimeOffset now)
    {
        if (!token.Audiences.Contains(audience, StringComparer.Ordinal))
        {
            throw new SigningException(
                SigningFailure.TokenAudience,
                "",
                $"The identity token is for the audience \"{string.Join("\", \"", token.Audiences)}\"; \"{audience}\" is needed",
                "A token serves one audience, so signing and uploading to PyPI need two: in GitLab, id_tokens: with one entry each "
                    + "(SIGSTORE_ID_TOKEN with aud: "
                    + $"{audience}, PYPI_ID_TOKEN with aud: pypi); elsewhere, a request of its own with the audience {audience}."
            );
        }

        // On this side, for an expiry at the end of all dates.
        if (now - IdentityToken.ClockSkew > token.ExpiresAt)
        {
            throw new SigningException(
                SigningFailure.TokenExpired,
                "",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The identity token{Life(token)} expired at {token.ExpiresAt:u}; it is {now:u}"
                ),
                Expired(token)
            );
        }

        if (token.NotBefore is { } from && now < from - IdentityToken.ClockSkew)
        {
            throw new SigningException(
                SigningFailure.TokenNotYetValid,
                "",
                string.Create(CultureInfo.InvariantCulture, $"The identity token is valid from {from:u}; it is {now:u}"),
                "Set this machine's clock."
            );
        }
    }

    private static string Life(IdentityToken token) =>
        token.IssuedAt is { } at && at < token.ExpiresAt
            ? string.Create(CultureInfo.InvariantCulture, $", made at {at:u} for {(token.ExpiresAt - at).TotalMinutes:0.#} minutes,")
            : "";

    private static string Expired(IdentityToken token) =>
        token.Claim("project_path") is not null
            ? "GitLab makes the token when the job starts, and the build outlived it: build in an earlier job and sign in a short one "
                + "of its own (recipes/gitlab does), or give the job a timeout: that is longer."
        : token.Claim("job_workflow_ref") is not null
            ? "GitHub makes tokens on request, for minutes: pass none on from an earlier step, and leave SIGSTORE_ID_TOKEN unset so "
                + "that one is requested when it is needed."
        : "The build took longer than the token lives: get the token right before signing, or sign in a short job of its own.";
}
