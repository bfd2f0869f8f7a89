using System.Text;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>
/// A token in a file, as SPIFFE helpers, Kubernetes' projected service account tokens and cosign's file provider have it. Read again each
/// time, because such files are renewed.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="required">Whether it is an error that the file is not there.</param>
internal sealed class FileTokenProvider(string path, bool required = true) : IIdentityTokenProvider
{
    /// <summary>Where cosign looks for a token.</summary>
    public const string WellKnownPath = "/var/run/sigstore/cosign/oidc-token";

    private const int MaxBytes = 64 << 10;

    /// <inheritdoc/>
    public string Name => "the file " + path;

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        if (!required && !File.Exists(path))
        {
            return null;
        }

        var bytes = new byte[MaxBytes + 1];
        int count;
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using (stream.ConfigureAwait(false))
            {
                count = await stream
                    .ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(
                e is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : $"it cannot be read ({e.GetType().Name})"
            );
        }

        if (count > MaxBytes)
        {
            throw Failed($"it is larger than {MaxBytes} bytes");
        }

        var jwt = Encoding.ASCII.GetString(bytes, 0, count).Trim();
        return jwt.Length > 0 ? IdentityToken.Parse(jwt) : throw Failed("it is empty");
    }

    private SigningException Failed(string what) =>
        new(
            SigningFailure.TokenSourceFailed,
            "",
            $"The file '{path}', which is named as the source of the identity token, cannot be used: {what}",
            "Correct the path, or see why nobody wrote the file."
        );
}

/// <summary>A token in a variable that the caller names, as Jenkins binds its credentials.</summary>
/// <param name="variable">The variable's name.</param>
/// <param name="environment">Reads an environment variable.</param>
internal sealed class VariableTokenProvider(string variable, Func<string, string?> environment) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "environment variable " + variable;

    /// <inheritdoc/>
    public Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken) =>
        environment(variable) is { } jwt && !string.IsNullOrWhiteSpace(jwt)
            ? Task.FromResult<IdentityToken?>(IdentityToken.Parse(jwt.Trim()))
            : throw new SigningException(
                SigningFailure.TokenSourceFailed,
                "",
                $"The environment variable {variable}, which is named as the source of the identity token, is not set",
                "Set it in this very step, or name another source."
            );
}

/// <summary>A token that the caller has.</summary>
/// <param name="jwt">The token; null or blank for none.</param>
internal sealed class ExplicitTokenProvider(string? jwt) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "the given token";

    /// <inheritdoc/>
    public Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken) =>
        Task.FromResult(string.IsNullOrWhiteSpace(jwt) ? null : IdentityToken.Parse(jwt.Trim()));
}
