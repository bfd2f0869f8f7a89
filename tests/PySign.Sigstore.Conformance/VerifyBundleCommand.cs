using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Conformance;

/// <summary>
/// <c>verify-bundle</c> of the sigstore-conformance command line (docs/cli_protocol.md): exit code 0 when the bundle verifies, 1 when not.
/// </summary>
internal static class VerifyBundleCommand
{
    public const string Usage =
        "verify-bundle [--staging] --bundle FILE (--certificate-identity IDENTITY --certificate-oidc-issuer ISSUER | --key FILE) "
        + "[--trusted-root FILE] FILE_OR_DIGEST";

    public static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter error)
    {
        try
        {
            var options = Options.Parse(args);
            var bundle = Bundle.Load(options.Required("--bundle"));
            var verifier = new SigstoreVerifier(options.TrustedRoot());
            var artifact = ArtifactOf(options.Artifact);
            var verified = options["--key"] is { } key
                ? verifier.Verify(bundle, artifact, ManagedKey.ParsePem(File.ReadAllText(key)))
                : verifier.Verify(
                    bundle,
                    artifact,
                    VerificationPolicy.Exact(options.Required("--certificate-identity"), options.Required("--certificate-oidc-issuer"))
                );
            output.WriteLine($"sha256:{verified.Sha256} signed by {verified.Identity}");
            return 0;
        }
        catch (Exception e)
            when (e is VerificationException or FormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>The protocol writes a digest as <c>sha256:</c> and 64 hexadecimal digits; everything else is a path.</summary>
    private static Artifact ArtifactOf(string argument) =>
        argument.StartsWith("sha256:", StringComparison.Ordinal) && argument.Length == 71 && !File.Exists(argument)
            ? Artifact.FromSha256(Sha256Digest.Parse(argument[7..]))
            : Artifact.FromFile(argument);

    private sealed class Options
    {
        private static readonly string[] _names =
        [
            "--bundle",
            "--certificate-identity",
            "--certificate-oidc-issuer",
            "--trusted-root",
            "--key",
        ];

        private readonly Dictionary<string, string> _values = [];
        private string? _artifact;
        private bool _staging;

        public string Artifact => _artifact ?? throw new ArgumentException("The file or digest is missing. " + Usage);

        public string? this[string name] => _values.GetValueOrDefault(name);

        public static Options Parse(ReadOnlySpan<string> args)
        {
            var options = new Options();
            for (var i = 0; i < args.Length; i++)
            {
                if (args[i] == "--staging")
                {
                    options._staging = true;
                }
                else if (_names.Contains(args[i]) && i + 1 < args.Length)
                {
                    options._values[args[i]] = args[++i];
                }
                else if (!args[i].StartsWith("--", StringComparison.Ordinal) && options._artifact is null)
                {
                    options._artifact = args[i];
                }
                else
                {
                    throw new ArgumentException($"Argument {args[i]} is not understood. {Usage}");
                }
            }

            return options;
        }

        public string Required(string name) => this[name] ?? throw new ArgumentException($"Option {name} is missing. {Usage}");

        public TrustedRoot TrustedRoot() =>
            this["--trusted-root"] is { } path ? Trust.TrustedRoot.Load(path)
            : _staging ? throw new ArgumentException("Staging needs --trusted-root: its trusted root is not built in.")
            : Trust.TrustedRoot.PublicGood();
    }
}
