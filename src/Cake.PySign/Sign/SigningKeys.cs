using Cake.PySign.Common.Calls;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;

namespace Cake.PySign.Sign;

/// <summary>The key that settings name: in a file, or behind a program.</summary>
internal static class SigningKeys
{
    /// <returns>The key; null where an identity signs.</returns>
    /// <exception cref="SigningException">The key cannot be used.</exception>
    /// <exception cref="PySignException">The settings contradict each other, or name a file that is not there.</exception>
    public static PrivateKey? Open(SigningSettings settings, Services services)
    {
        if (!settings.UsesKey)
        {
            return null;
        }

        if (settings.IdToken is not null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(settings.Key is null ? "Signer" : "Key")} and IdToken are both set.",
                "Sign with the key, or with the identity of the token."
            );
        }

        if (settings.Key is not null && settings.Signer.Program is not null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "Key (PYSIGN_KEY) and Signer.Program (PYSIGN_SIGNER) are both set.",
                "Sign with the key in the file, or with the one behind the program."
            );
        }

        return settings.Signer.Program is null ? Load(settings, services) : Behind(settings.Signer, services);
    }

    private static PrivateKey Behind(SignerProgramSettings settings, Services services)
    {
        if (settings.PublicKey is null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "Signer.Program is set, and Signer.PublicKey is not.",
                "Name the public key (PEM): what the program signs is verified with it before anything else is done."
            );
        }

        Setting.RequireLimit(settings.Timeout, "Signer.Timeout");
        var path = settings.PublicKey.MakeAbsolute(services.Environment);
        if (!File.Exists(path.FullPath))
        {
            throw new PySignException(PySignFailure.MissingFile, $"There is no public key at '{path}'.", "Correct Signer.PublicKey.");
        }

        var pem = File.ReadAllText(path.FullPath);
        SignerProgram? program = null;
        var key = PrivateKey.Elsewhere(pem, (digest, cancellationToken) => program!.SignAsync(digest, cancellationToken));
        program = new SignerProgram(settings, key.Hint, services);
        return key;
    }

    private static PrivateKey Load(SigningSettings settings, Services services)
    {
        if (IsText(settings.Key!.FullPath))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "Key (PYSIGN_KEY) holds a key, and not the path of one.",
                "Write the key to a file that only this user can read, and name that file. The value is not shown."
            );
        }

        var path = settings.Key.MakeAbsolute(services.Environment);
        if (!File.Exists(path.FullPath))
        {
            throw new PySignException(PySignFailure.MissingFile, $"There is no key at '{path}'.", "Correct Key.");
        }

        var password =
            settings.KeyPassword
            ?? services.Environment.GetEnvironmentVariable("PYSIGN_KEY_PASSWORD")
            ?? services.Environment.GetEnvironmentVariable("COSIGN_PASSWORD");
        services.Log.Redactor.Add(password);
        return PrivateKey.Load(path.FullPath, password);
    }

    /// <summary>Whether the key itself was given in place of its file. No message may show it then.</summary>
    private static bool IsText(string path) =>
        path.Contains("-----BEGIN", StringComparison.Ordinal) || path.Contains('\n', StringComparison.Ordinal) || path.Length > 4096;
}
