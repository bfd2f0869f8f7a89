using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>The conformance suite's command line as real processes over real HTTP, sixteen of them on one folder.</summary>
public sealed class ConformanceCommandLineTests
{
    [Fact]
    public async Task Sixteen_processes_share_one_folder()
    {
        var repository = new TufRepository();
        foreach (var role in TufRepository.TopLevelRoles)
        {
            repository.ExpireAt(role, DateTimeOffset.UtcNow.AddDays(7));
        }

        repository.NextRoot();
        repository.AddTarget("folder/file", [1, 2, 3]);
        repository.Release();
        using var listener = Listen(out var address);
        var serving = ServeAsync(listener, repository);
        var folder = Directory.CreateTempSubdirectory("tuf-cli-").FullName;
        var root = Path.Combine(folder, "initial.json");
        await File.WriteAllBytesAsync(root, repository.InitialRoot, TestContext.Current.CancellationToken);
        string[] metadata = ["--metadata-dir", Path.Combine(folder, "m"), "--metadata-url", address + "metadata"];
        Assert.Equal(0, await RunAsync([.. metadata[..2], "init", root]));
        string[] download =
        [
            .. metadata,
            "--target-name",
            "folder/file",
            "--target-base-url",
            address + "targets",
            "--target-dir",
            Path.Combine(folder, "t"),
            "download",
        ];
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => RunAsync(download))), static code => Assert.Equal(0, code));
        Assert.Equal(
            [1, 2, 3],
            await File.ReadAllBytesAsync(
                Assert.Single(Directory.GetFiles(Path.Combine(folder, "t"))),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(
            repository.Files["metadata/2.root.json"],
            await File.ReadAllBytesAsync(Path.Combine(folder, "m", "root.json"), TestContext.Current.CancellationToken)
        );

        repository.Bump("timestamp", -1);
        repository.Publish("timestamp");
        Assert.Equal(1, await RunAsync([.. metadata, "refresh"]));
        listener.Stop();
        await serving;
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_proxy_that_the_environment_names_is_asked_for_the_repository()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var asked = new List<string>();
        var serving = RefuseAsync(proxy, asked);
        var folder = Directory.CreateTempSubdirectory("tuf-proxy-").FullName;
        var root = Path.Combine(folder, "initial.json");
        await File.WriteAllBytesAsync(root, new TufRepository().InitialRoot, TestContext.Current.CancellationToken);
        string[] metadata = ["--metadata-dir", Path.Combine(folder, "m")];
        Assert.Equal(0, await RunAsync([.. metadata, "init", root]));
        var code = await RunAsync(
            [.. metadata, "--metadata-url", "https://tuf.example/metadata", "refresh"],
            new Dictionary<string, string?>
            {
                ["HTTPS_PROXY"] = $"http://{proxy.LocalEndpoint}",
                ["NO_PROXY"] = null,
                ["no_proxy"] = null,
                ["https_proxy"] = null,
            }
        );
        proxy.Stop();
        await serving;
        Assert.Equal(1, code);
        Assert.NotEmpty(asked);
        Assert.All(asked, static line => Assert.Equal("CONNECT tuf.example:443 HTTP/1.1", line));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task RefuseAsync(TcpListener proxy, List<string> asked)
    {
        while (true)
        {
            try
            {
                using var client = await proxy.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
                asked.Add(await reader.ReadLineAsync() ?? "");
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // The rest of the header.
                }

                await client.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
            catch (IOException)
            {
                // A client that went away.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static HttpListener Listen(out string address)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        return listener;
    }

    private static async Task ServeAsync(HttpListener listener, TufRepository repository)
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                var found = repository.Files.TryGetValue(context.Request.Url!.AbsolutePath[1..], out var file);
                context.Response.StatusCode = found ? 200 : 404;
                context.Response.Close(file ?? [], willBlock: true);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // A client that went away, or the end of the test.
                continue;
            }
        }
    }

    private static async Task<int> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "PySign.Sigstore.TufConformance.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var run = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(run.Error);
        return run.ExitCode;
    }
}
