using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Hosting;

public sealed class SandboxProcessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_program_listens_writes_its_materials_and_ends_when_asked()
    {
        var folder = Directory.CreateTempSubdirectory("pysign-sandbox-program");
        try
        {
            var ready = Path.Combine(folder.FullName, "ready", "sandbox.json");
            using var program = Start("--state", Path.Combine(folder.FullName, "state"), "--ready-file", ready);
            var line = await program.StandardOutput.ReadLineAsync(Stop);
            Assert.StartsWith("PySign sandbox listens on http://127.0.0.1:", line, StringComparison.Ordinal);

            var info = JsonDocument.Parse(await File.ReadAllTextAsync(ready, Stop)).RootElement;
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ready));
            }

            Assert.Equal(program.Id, info.GetProperty("pid").GetInt32());
            string[] files =
            [
                "trustedRoot",
                "signingConfig",
                "signingConfigRekorV2",
                "signingConfigRekorV2Ecdsa",
                "signingConfigBoth",
                "fulcioRoot",
                "ctPublicKey",
                "rekorPublicKey",
                "tsaChain",
            ];
            Assert.All(files, name => Assert.True(File.Exists(info.GetProperty(name).GetString()), name));

            var baseUrl = info.GetProperty("baseUrl").GetString()!;
            using var client = new HttpClient();
            Assert.Contains(
                $"\"issuer\":\"{baseUrl}\"",
                await client.GetStringAsync($"{baseUrl}/.well-known/openid-configuration", Stop),
                StringComparison.Ordinal
            );
            Assert.Contains(
                baseUrl,
                await File.ReadAllTextAsync(info.GetProperty("signingConfig").GetString()!, Stop),
                StringComparison.Ordinal
            );
            using (var stranger = await client.PostAsync($"{baseUrl}/_sandbox/shutdown", null, Stop))
            {
                Assert.Equal(401, (int)stranger.StatusCode);
            }

            client.DefaultRequestHeaders.Authorization = new("Bearer", info.GetProperty("controlToken").GetString());
            await client.PostAsync($"{baseUrl}/_sandbox/shutdown", null, Stop).MustSucceed();
            await program.WaitForExitAsync(Stop);
            Assert.Equal(0, program.ExitCode);
            Assert.Equal("", await program.StandardError.ReadToEndAsync(Stop));
            Assert.Equal("", await program.StandardOutput.ReadToEndAsync(Stop));
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(baseUrl, Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_program_ends_with_its_parent()
    {
        var folder = Directory.CreateTempSubdirectory("pysign-sandbox-program");
        try
        {
            using var parent = Start("--state", Path.Combine(folder.FullName, "parent"));
            await parent.StandardOutput.ReadLineAsync(Stop);
            using var program = Start(
                "--state",
                Path.Combine(folder.FullName, "state"),
                "--parent-pid",
                parent.Id.ToString(CultureInfo.InvariantCulture)
            );
            await program.StandardOutput.ReadLineAsync(Stop);
            parent.Kill();
            await program.WaitForExitAsync(Stop);
            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_taken_port_is_an_error_and_not_another_port()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var folder = Directory.CreateTempSubdirectory("pysign-sandbox-program");
        try
        {
            var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
            using var program = Start("--state", folder.FullName, "--port", port);
            await program.WaitForExitAsync(Stop);
            Assert.Equal(1, program.ExitCode);
            Assert.Contains(port, await program.StandardError.ReadToEndAsync(Stop), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PySign.Sandbox.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
