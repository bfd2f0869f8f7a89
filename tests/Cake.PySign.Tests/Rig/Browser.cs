using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cake.PySign.Tests.Rig;

/// <summary>
/// A real browser that lays a page out and measures it. The page is put into a frame as it is, and the measuring script stands outside: the
/// page's own policy forbids scripts in it.
/// </summary>
internal static partial class Browser
{
    private static readonly string[] _places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private const string Measure = """
        const frame = document.querySelector('iframe');
        const run = () => {
          const page = frame.contentDocument, root = page.documentElement, view = frame.contentWindow;
          const light = c => {
            const v = c.match(/[\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
            return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
          const back = e => {
            for (; e; e = e.parentElement) { const c = view.getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c)) return c; }
            return 'rgb(255,255,255)'; };
          let lowest = 99, where = '';
          for (const e of page.querySelectorAll('body *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || e.closest('style,desc,title')) continue;
            const inPicture = e.namespaceURI.endsWith('svg');
            const fore = inPicture ? view.getComputedStyle(e).fill : view.getComputedStyle(e).color;
            const box = inPicture ? view.getComputedStyle(page.querySelector('svg rect')).fill : back(e);
            const [a, b] = [light(fore), light(box)].sort((x, y) => y - x), contrast = (a + .05) / (b + .05);
            if (contrast < lowest) { lowest = contrast; where = e.tagName + ' ' + e.textContent.slice(0, 40); }
          }
          const out = document.createElement('pre');
          out.id = 'measured';
          out.textContent = JSON.stringify({ Width: root.clientWidth, Needed: root.scrollWidth, Contrast: lowest, Where: where,
            Headings: [...page.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1]), Text: page.body.innerText.length });
          document.body.replaceChildren(out);
        };
        frame.addEventListener('load', run);
        """;

    /// <summary>Skips the test where there is no browser, and says so.</summary>
    public static string Require() =>
        _places.FirstOrDefault(File.Exists) is { } found ? found : throw Skip("no Chromium: apt-get install chromium");

    public static async Task<Layout> MeasureAsync(string html, int width, bool dark, string? screenshot = null)
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "frame.html",
            $"<!DOCTYPE html><meta charset=utf-8><body style=\"margin:0\"><iframe style=\"border:0\" width={width} height=2000 "
                + $"srcdoc=\"{WebUtility.HtmlEncode(html)}\"></iframe><script>{Measure}</script>"
        );
        var scheme = dark ? "--blink-settings=preferredColorScheme=0" : "--blink-settings=preferredColorScheme=1";
        var dom = await RunAsync(folder, scheme, "--dump-dom", new Uri(folder.File("frame.html").FullPath).AbsoluteUri);
        var measured = Measured().Match(dom);
        Assert.True(measured.Success, dom);
        if (screenshot is not null)
        {
            folder.Write("page.html", html);
            Directory.CreateDirectory(Path.GetDirectoryName(screenshot)!);
            await RunAsync(
                folder,
                scheme,
                $"--screenshot={screenshot}",
                $"--window-size={Math.Max(width, 500)},2400",
                new Uri(folder.File("page.html").FullPath).AbsoluteUri
            );
        }

        return JsonSerializer.Deserialize<Layout>(WebUtility.HtmlDecode(measured.Groups[1].Value))!;
    }

    private static async Task<string> RunAsync(TemporaryFolder folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Require()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (
            var argument in new[]
            {
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--hide-scrollbars",
                $"--user-data-dir={folder.Folder("profile")}",
                "--virtual-time-budget=2000",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            }.Concat(arguments)
        )
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await errors;
        return output;
    }

    private static Exception Skip(string why)
    {
        Assert.Skip(why);
        throw new InvalidOperationException(why);
    }

    [GeneratedRegex("<pre id=\"measured\">([^<]*)</pre>", RegexOptions.NonBacktracking)]
    private static partial Regex Measured();
}

/// <summary>How a page was laid out.</summary>
internal sealed record Layout(int Width, int Needed, double Contrast, string Where, IReadOnlyList<int> Headings, int Text);
