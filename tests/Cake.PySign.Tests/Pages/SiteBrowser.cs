using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Pages;

/// <summary>Chromium with a page that can be sized, darkened, questioned and photographed, by its own protocol.</summary>
internal sealed partial class SiteBrowser : IAsyncDisposable
{
    private static readonly string[] _places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly TemporaryFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private string? _session;
    private int _number;

    private SiteBrowser(Process process) => _process = process;

    public static string? Program => _places.FirstOrDefault(File.Exists);

    public static async Task<SiteBrowser> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
        var browser = new SiteBrowser(new Process { StartInfo = start });
        foreach (
            var argument in new[]
            {
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                $"--user-data-dir={browser._profile.Path}",
                "about:blank",
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        browser._process.Start();
        _ = browser._process.StandardOutput.ReadToEndAsync(cancellationToken);
        while (await browser._process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = browser._process.StandardError.ReadToEndAsync(cancellationToken);
                await browser._socket.ConnectAsync(new Uri(match.Groups["at"].Value), cancellationToken);
                var target = await browser.AskAsync("Target.createTarget", new() { ["url"] = "about:blank" }, cancellationToken);
                var attached = await browser.AskAsync(
                    "Target.attachToTarget",
                    new() { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true },
                    cancellationToken
                );
                browser._session = attached["sessionId"]!.GetValue<string>();
                return browser;
            }
        }

        throw new InvalidOperationException($"{Program} ended without listening.");
    }

    /// <summary>Opens a page and waits until its own scripts have run and <paramref name="ready"/> holds.</summary>
    public async Task OpenAsync(Uri page, (int Width, int Height) size, bool dark, string ready, CancellationToken cancellationToken)
    {
        var phone = size.Width < 600;
        var screen = new JsonObject
        {
            ["width"] = size.Width,
            ["height"] = size.Height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = phone,
        };
        await AskAsync("Emulation.setDeviceMetricsOverride", screen, cancellationToken);
        var scheme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        await AskAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(scheme) }, cancellationToken);
        await AskAsync("Page.navigate", new() { ["url"] = page.AbsoluteUri }, cancellationToken);
        var there = $"document.readyState === 'complete' && location.pathname === '{page.AbsolutePath}' && ({ready})";
        for (var i = 0; i < 300; i++)
        {
            if (await EvaluateAsync($"String({there})", cancellationToken) == "true")
            {
                return;
            }

            await Task.Delay(100, cancellationToken);
        }

        Assert.Fail($"{page} was not ready within 30 s: {ready}");
    }

    public async Task<string> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var asked = new JsonObject
        {
            ["expression"] = expression,
            ["returnByValue"] = true,
            ["awaitPromise"] = true,
        };
        var answer = await AskAsync("Runtime.evaluate", asked, cancellationToken);
        return answer["result"]?["value"]?.ToString() ?? "";
    }

    public async Task PhotographAsync(string path, CancellationToken cancellationToken)
    {
        var picture = await AskAsync("Page.captureScreenshot", new() { ["format"] = "png" }, cancellationToken);
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(picture["data"]!.GetValue<string>()), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        var number = ++_number;
        var request = new JsonObject
        {
            ["id"] = number,
            ["method"] = method,
            ["params"] = parameters,
        };
        if (_session is not null)
        {
            request["sessionId"] = _session;
        }

        var sent = JsonSerializer.SerializeToUtf8Bytes(request);
        await _socket.SendAsync(sent, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        while (true)
        {
            using var message = new MemoryStream();
            var buffer = new byte[64 * 1024];
            WebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer, cancellationToken);
                message.Write(buffer, 0, part.Count);
            } while (!part.EndOfMessage);
            var answer = JsonNode.Parse(message.ToArray())!;
            if (answer["id"]?.GetValue<int>() == number)
            {
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
            }
        }
    }

    [GeneratedRegex(@"DevTools listening on (?<at>ws://\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
