using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>Real cosign logs a person in at the sandbox's issuer, with the device code and the proof key that it uses at the public
/// one.</summary>
public sealed partial class CosignLogsInTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    [Fact]
    public async Task Cosign_2_signs_as_the_person_who_agreed_in_the_browser()
    {
        _ = Peer.Cosign2;
        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var start = new ProcessStartInfo(Path.Combine(Peer.Folder, "cosign-2"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in new[]
            {
                "sign-blob",
                "-y",
                "--fulcio-auth-flow",
                "device",
                "--oidc-issuer",
                sandbox.Issuer + "/oauth",
                "--fulcio-url",
                sandbox.Issuer,
                "--rekor-url",
                sandbox.Issuer,
                "--output-signature",
                file + ".sig",
                "--output-certificate",
                file + ".crt",
                file,
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        // Nothing of this machine's CI: cosign would take a token from there.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = Path.GetDirectoryName(file);
        foreach (var (name, value) in sandbox.Cosign2Trust)
        {
            start.Environment[name] = value;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(4));
        using var cosign = Process.Start(start)!;
        try
        {
            var said = await Task.WhenAll(ReadAsync(cosign.StandardOutput, limit.Token), ReadAsync(cosign.StandardError, limit.Token));
            await cosign.WaitForExitAsync(limit.Token);
            Assert.True(cosign.ExitCode == 0, string.Concat(said));
        }
        finally
        {
            if (!cosign.HasExited)
            {
                cosign.Kill(entireProcessTree: true);
            }
        }

        (
            await Peer.Cosign2.Run(
                [
                    "verify-blob",
                    "--signature",
                    file + ".sig",
                    "--certificate",
                    file + ".crt",
                    "--rekor-url",
                    sandbox.Issuer,
                    "--certificate-identity",
                    "someone@example.org",
                    "--certificate-oidc-issuer",
                    sandbox.Issuer + "/oauth",
                    file,
                ],
                sandbox.Cosign2Trust
            )
        ).MustSucceed();
    }

    /// <summary>Reads what cosign says, and agrees to the login whose code it shows.</summary>
    private async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var said = "";
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            said += line + "\n";
            if (Code().Match(line) is { Success: true } code)
            {
                using var http = sandbox.Sandbox.CreateControlClient();
                using var agreed = await http.PostAsJsonAsync(
                    "/_sandbox/device/approve",
                    new { user_code = code.Value, claims = new { email = "someone@example.org" } },
                    cancellationToken
                );
                agreed.EnsureSuccessStatusCode();
            }
        }

        return said;
    }

    [GeneratedRegex("[B-Z]{4}-[B-Z]{4}")]
    private static partial Regex Code();
}
