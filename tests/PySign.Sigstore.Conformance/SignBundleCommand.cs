using System.Text;
using PySign.Formats;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Conformance;

/// <summary>
/// <c>sign-bundle</c> of the sigstore-conformance command line (docs/cli_protocol.md), for artifacts and, with <c>--in-toto</c>, for
/// statements. Exit code 0 when a bundle was written.
/// </summary>
internal static class SignBundleCommand
{
    public const string Usage =
        "sign-bundle [--staging] [--in-toto] --identity-token TOKEN --bundle FILE [--trusted-root FILE] [--signing-config FILE] FILE";

    private const string Staging = "--staging";
    private const string InToto = "--in-toto";

    private static readonly string[] _flags = [Staging, InToto];
    private static readonly string[] _names = ["--identity-token", "--bundle", "--trusted-root", "--signing-config"];

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var (options, file) = Parse(args);
            var staging = options.ContainsKey(Staging);
            var root =
                options.TryGetValue("--trusted-root", out var rootPath) ? TrustedRoot.Load(rootPath)
                : staging ? throw new ArgumentException("Staging needs --trusted-root: its trusted root is not built in.")
                : TrustedRoot.PublicGood();
            var services =
                options.TryGetValue("--signing-config", out var configPath)
                    ? SigningConfig.Load(configPath).Select(TimeProvider.System.GetUtcNow())
                : staging ? SigningServices.Staging
                : SigningServices.PublicGood;
            var bundle = Required(options, "--bundle");
            using var context = new SigningContext(services, root);
            var signer = await context.CreateSignerAsync(IdentityToken.Parse(Required(options, "--identity-token")));
            await using (signer)
            {
                var signed = options.ContainsKey(InToto)
                    ? await signer.SignStatementAsync(InTotoStatement.Parse(await File.ReadAllBytesAsync(file)))
                    : await signer.SignAsync(Artifact.FromFile(file));
                await File.WriteAllTextAsync(bundle, signed.Bundle.ToJson(), new UTF8Encoding(false));
                await output.WriteLineAsync($"sha256:{signed.Verified.Sha256} signed by {signed.Verified.Identity}");
            }

            return 0;
        }
        catch (Exception e)
            when (e
                    is SigningException
                        or VerificationException
                        or FormatException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static (Dictionary<string, string> Options, string File) Parse(string[] args)
    {
        Dictionary<string, string> options = [];
        string? file = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (_flags.Contains(args[i]))
            {
                options[args[i]] = "";
            }
            else if (_names.Contains(args[i]) && i + 1 < args.Length)
            {
                options[args[i]] = args[++i];
            }
            else if (!args[i].StartsWith("--", StringComparison.Ordinal) && file is null)
            {
                file = args[i];
            }
            else
            {
                throw new ArgumentException($"Argument {args[i]} is not understood. {Usage}");
            }
        }

        return (options, file ?? throw new ArgumentException($"The file is missing. {Usage}"));
    }

    private static string Required(Dictionary<string, string> options, string name) =>
        options.TryGetValue(name, out var value) ? value : throw new ArgumentException($"Option {name} is missing. {Usage}");
}
