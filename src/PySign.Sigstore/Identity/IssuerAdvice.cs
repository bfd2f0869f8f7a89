namespace PySign.Sigstore.Identity;

/// <summary>What to do when a certificate authority does not know a token's issuer, by what kind of issuer it is.</summary>
internal static class IssuerAdvice
{
    private const string Instead =
        "Sign with a key, run a Fulcio of your own that accepts the issuer (FULCIO_URL and a trusted root), or sign in a CI that this "
        + "one accepts.";

    public static string For(IdentityToken token) => Kind(token) + Instead;

    private static string Kind(IdentityToken token) =>
        token.Claim("project_path") is not null && token.Issuer != "https://gitlab.com"
            ? "This is a self-managed GitLab; the public instance knows gitlab.com, and no GitLab of anybody's own but a few by name. "
        : token.Issuer.StartsWith("https://vstoken.dev.azure.com", StringComparison.Ordinal)
        || token.Issuer.StartsWith("https://login.microsoftonline.com/", StringComparison.Ordinal)
        || token.Issuer.StartsWith("https://sts.windows.net/", StringComparison.Ordinal)
            ? "This is a token of Azure Pipelines or Entra; the public instance accepts none of them. "
        : token.Claim("build_number") is not null && token.Issuer.TrimEnd('/').EndsWith("/oidc", StringComparison.Ordinal)
            ? "This is a Jenkins; the public instance accepts none. "
        : token.Issuer.EndsWith("/_services/token", StringComparison.Ordinal)
            ? "This is a GitHub Enterprise Server; the public instance knows github.com and GitHub Enterprise Cloud. "
        : "";
}
