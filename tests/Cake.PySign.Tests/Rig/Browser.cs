using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cake.PySign.Tests.Rig;

/// <summary>Chromium with a page that can be sized, darkened, questioned and photographed, by its own protocol.</summary>
internal sealed partial class Browser : IAsyncDisposable
{
    private static readonly string[] _places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // A text's background is that of the box that it lies in: in a picture the rectangle, elsewhere the first parent that has one. What
    // tells a state (the frame of a rectangle) needs 3:1 (WCAG 2.2, 1.4.11), text 4.5:1 (1.4.3).
    private const string Measure = """
        (() => {
          const light = c => {
            const v = c.match(/[\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
            return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
          const contrast = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x); return (a + .05) / (b + .05); };
          const back = e => {
            for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c)) return c; }
            return 'rgb(255,255,255)'; };
          const inside = (box, text) => text.left >= box.left - .5 && text.right <= box.right + .5 && text.top >= box.top - .5
            && text.bottom <= box.bottom + .5;
          const rects = [...document.querySelectorAll('svg rect')];
          let lowest = 99, where = '', smallest = 99, frame = 99;
          const clipped = [];
          for (const e of document.querySelectorAll('body *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || e.closest('style,desc,title')) continue;
            const style = getComputedStyle(e), inPicture = e.namespaceURI.endsWith('svg');
            let fore = style.color, behind = null, size = parseFloat(style.fontSize);
            if (inPicture) {
              const text = e.getBoundingClientRect(), box = rects.find(r => inside(r.getBoundingClientRect(), text));
              if (!box) clipped.push(e.textContent);
              fore = style.fill;
              behind = box ? getComputedStyle(box).fill : back(e);
              size *= e.getScreenCTM().a;
            }
            const c = contrast(fore, behind ?? back(e));
            if (c < lowest) { lowest = c; where = e.tagName + ' ' + e.textContent.slice(0, 40); }
            smallest = Math.min(smallest, size);
          }
          for (const r of rects.filter(r => r.matches('.ok, .warning'))) frame = Math.min(frame, contrast(getComputedStyle(r).stroke, back(r)));
          return JSON.stringify({ Width: document.documentElement.clientWidth, Needed: document.documentElement.scrollWidth,
            Contrast: lowest, Where: where, Frame: frame, Smallest: smallest, Clipped: clipped,
            Headings: [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1]), Text: document.body.innerText.length });
        })()
        """;

    private readonly TemporaryFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private string? _session;
    private int _number;

    private Browser(Process process) => _process = process;

    public static string? Program => _places.FirstOrDefault(File.Exists);

    public static async Task<Browser> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
        var browser = new Browser(new Process { StartInfo = start });
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
        for (var i = 0; i < 3000; i++)
        {
            if (await EvaluateAsync($"String({there})", cancellationToken) == "true")
            {
                return;
            }

            await Task.Delay(100, cancellationToken);
        }

        Assert.Fail($"{page} was not ready within five minutes: {ready}");
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

    /// <summary>Lays out a page that stands in no file, and measures it.</summary>
    public async Task<Layout> MeasureAsync(string html, (int Width, int Height) size, bool dark, CancellationToken cancellationToken)
    {
        var file = _profile.Write("page.html", html);
        await OpenAsync(new Uri(file.FullPath), size, dark, "true", cancellationToken);
        return JsonSerializer.Deserialize<Layout>(await EvaluateAsync(Measure, cancellationToken))!;
    }

    /// <summary>Leaves a picture of what is in the window.</summary>
    public async Task PhotographAsync(string path, CancellationToken cancellationToken, bool wholePage = false)
    {
        var picture = await AskAsync(
            "Page.captureScreenshot",
            new() { ["format"] = "png", ["captureBeyondViewport"] = wholePage },
            cancellationToken
        );
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

/// <summary>How a page was laid out.</summary>
internal sealed record Layout
{
    public required int Width { get; init; }

    public required int Needed { get; init; }

    /// <summary>The lowest contrast of a text, and which it is.</summary>
    public required double Contrast { get; init; }

    public required string Where { get; init; }

    /// <summary>The lowest contrast of a frame that tells a state.</summary>
    public required double Frame { get; init; }

    /// <summary>The smallest text, in pixels of the screen.</summary>
    public required double Smallest { get; init; }

    /// <summary>Texts of pictures that lie in no box, or leave theirs.</summary>
    public required IReadOnlyList<string> Clipped { get; init; }

    public required IReadOnlyList<int> Headings { get; init; }

    public required int Text { get; init; }
}
