using System.Text.Json;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;

namespace Cake.PySign.Sign;

/// <summary>
/// Has a digest signed by a program, with the one process runner: no shell, and a time-out. It reads one line of JSON from its standard
/// input and prints the signature in base64, and nothing else. Whether that signature is good is for who asked.
/// </summary>
internal sealed class SignerProgram(SignerProgramSettings settings, string keyHint, Services services)
{
    /// <summary>The largest signature, of RSA with 4096 bits, is 684 characters.</summary>
    private const int MaxOutput = 4096;

    private const int MaxComplaints = 3;

    public async Task<ReadOnlyMemory<byte>> SignAsync(DigestToSign digest, CancellationToken cancellationToken)
    {
        var name = settings.Program!.GetFilename().ToString();
        var program = Require(settings.Program, services.Environment);
        try
        {
            var result = await services.Processes.RunAsync(Start(program, digest), cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0
                ? Signature(name, string.Concat(result.Output))
                : throw new SigningException(
                    SigningFailure.SignerFailed,
                    "",
                    $"'{name}' did not sign: it ended with exit code {result.ExitCode}{Complaints(result)}",
                    "Run it by hand with the same input; docs/signing.md shows how."
                );
        }
        catch (PySignException e) when (e.Reason == PySignFailure.ToolNotFound)
        {
            throw Missing(name, e.Message, e);
        }
        catch (PySignException e) when (e.Reason == PySignFailure.TimedOut)
        {
            throw new SigningException(
                SigningFailure.SignerTimedOut,
                "",
                e.Message,
                "It must not wait for anything that a job does not have, such as a person; raise Signer.Timeout where one is there.",
                e
            );
        }
        catch (PySignException e) when (e.Reason == PySignFailure.ToolFailed)
        {
            throw Output(name, e.Message, e);
        }
    }

    /// <exception cref="SigningException">There is no such program.</exception>
    public static FilePath Require(FilePath program, ICakeEnvironment environment) =>
        ProgramPath.Find(program.FullPath, environment)
        ?? throw Missing(program.GetFilename().ToString(), $"there is no program '{program}'", null);

    private ChildProcessStart Start(FilePath program, DigestToSign digest)
    {
        var hash = digest.Hash.Name!.ToLowerInvariant();
        var base64 = Convert.ToBase64String(digest.Digest.Span);
        var hex = Convert.ToHexStringLower(digest.Digest.Span);
        return new ChildProcessStart
        {
            Program = program,
            Arguments =
            [
                .. settings.Arguments.Select(argument =>
                    argument
                        .Replace("{digest}", base64, StringComparison.Ordinal)
                        .Replace("{digest-hex}", hex, StringComparison.Ordinal)
                        .Replace("{hash}", hash, StringComparison.Ordinal)
                        .Replace("{algorithm}", digest.Algorithm, StringComparison.Ordinal)
                ),
            ],
            WorkingDirectory = services.Environment.WorkingDirectory,
            PassedVariables = ProgramPath.Variables(settings.PassVariables, services.Environment),
            Timeout = settings.Timeout,
            Input = Task.FromResult(
                JsonSerializer.Serialize(
                    new Dictionary<string, object>(StringComparer.Ordinal)
                    {
                        ["version"] = 1,
                        ["hash"] = hash,
                        ["digest"] = base64,
                        ["algorithm"] = digest.Algorithm,
                        ["key"] = keyHint,
                    },
                    _json
                ) + "\n"
            ),
            MaxOutput = MaxOutput,
            OutputIsSecret = true,
            OutputVerbosity = Verbosity.Verbose,
        };
    }

    private static readonly JsonSerializerOptions _json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Base64 with either alphabet, on any number of lines: base64 wraps, and Azure's key service writes base64url.</summary>
    private static byte[] Signature(string name, string output)
    {
        var text = string.Concat(output.Where(static c => !char.IsWhiteSpace(c))).Replace('-', '+').Replace('_', '/').TrimEnd('=');
        if (text.Length == 0)
        {
            throw Output(name, "it printed nothing", null);
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length)
            ? bytes[..length]
            : throw Output(name, "what it printed is not base64", null);
    }

    private static string Complaints(ChildProcessResult result)
    {
        var said = result.Lines.Where(line => line.IsError && line.Text.Trim().Length > 0).TakeLast(MaxComplaints);
        var text = string.Join("; ", said.Select(line => line.Text.Trim()));
        return text.Length > 0 ? $": {text}" : "";
    }

    private static SigningException Missing(string name, string what, Exception? cause) =>
        new(
            SigningFailure.SignerMissing,
            "",
            $"'{name}' cannot sign: {what}",
            "Correct Signer.Program (PYSIGN_SIGNER), or install the program and make it executable.",
            cause
        );

    private static SigningException Output(string name, string what, Exception? cause) =>
        new(
            SigningFailure.SignerOutput,
            "",
            $"'{name}' did not answer with a signature: {what}",
            "It must print the signature in base64 and nothing else; whatever it has to say belongs on standard error.",
            cause
        );
}
