namespace PySign.Sigstore.Identity;

/// <summary>
/// A Google service account's token, from <c>gcloud auth print-identity-token</c>: of the machine's own account, or of the one in
/// <c>GOOGLE_SERVICE_ACCOUNT_NAME</c>. The metadata server is not asked directly: it speaks plain HTTP on an address that is not this
/// machine's own, so whoever answers there on another network would be believed. Google's program knows how to tell.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="run">Starts the program.</param>
public sealed class GoogleCloudTokenProvider(Func<string, string?> environment, TokenCommandRunner run) : IIdentityTokenProvider
{
    private const string AccountVariable = "GOOGLE_SERVICE_ACCOUNT_NAME";

    /// <inheritdoc/>
    public string Name => "Google Cloud (gcloud)";

    /// <summary>The file in which Linux says what machine this is.</summary>
    internal string ProductNameFile { get; init; } = "/sys/class/dmi/id/product_name";

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        var account = environment(AccountVariable)?.Trim();
        if (string.IsNullOrEmpty(account) && (CiSurroundings.GivesIdentities(CiSurroundings.Detect(environment)) || !IsGoogleMachine()))
        {
            return null;
        }

        // Fulcio names e-mail addresses: without these two a token has none.
        string[] whose = string.IsNullOrEmpty(account)
            ? ["--token-format=full"]
            : ["--impersonate-service-account=" + account, "--include-email"];
        return await CommandTokenProvider
            .RunAsync(
                run,
                new TokenCommand
                {
                    Program = "gcloud",
                    Arguments = ["auth", "print-identity-token", "--audiences=" + audience, .. whose],
                    PassedVariables = ["GOOGLE_*", "CLOUDSDK_*"],
                },
                "Install Google's gcloud on this machine; the machine's account needs the role Service Account Token Creator for "
                    + $"{AccountVariable}.",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private bool IsGoogleMachine()
    {
        try
        {
            return File.ReadAllText(ProductNameFile).Trim() is "Google" or "Google Compute Engine";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
