using System.Diagnostics;
using System.Text.Json.Nodes;
using Cake.PySign.Tests.Rig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Cake.PySign.Tests.Pages;

/// <summary>
/// The documentation as a site: docfx makes it without a warning, and a phone and a desktop show it, light and dark. Two pictures of it are
/// left in <c>artifacts/test-reports</c>. <c>PYSIGN_PLAYED_PAGES=all</c> makes the API of the engines too and lays out every page.
/// </summary>
[Trait("Category", "EndToEnd")]
public sealed class SiteTests
{
    private static readonly (int, int) _phone = (390, 844);

    private static readonly (int, int) _desktop = (1280, 800);

    private static readonly bool _all = Environment.GetEnvironmentVariable("PYSIGN_PLAYED_PAGES") == "all";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Root(string path) => Path.Combine(RepositoryRoot.Path, path);

    [Fact]
    public async Task The_site_is_made_without_a_warning_and_shows_on_a_phone_and_a_desktop()
    {
        var site = await BuildAsync();
        Assert.SkipWhen(Browser.Program is null, "NOT RUN: there is no Chromium to look at the site with (apt-get install chromium).");
        await using var server = Serve(site);
        await server.StartAsync(Stop);
        var address = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await using var browser = await Browser.StartAsync(Stop);
        var reports = Directory.CreateDirectory(Root("artifacts/test-reports")).FullName;

        const string Drawn = "document.querySelectorAll('.mermaid svg, svg.mermaid, svg[id^=mermaid]').length >= 4";
        await browser.OpenAsync(new Uri(address, "docs/how-it-fits.html"), _desktop, dark: false, Drawn, Stop);
        Assert.DoesNotContain("Syntax error", await browser.EvaluateAsync("document.body.innerText", Stop), StringComparison.Ordinal);
        await browser.PhotographAsync(Path.Combine(reports, "site-desktop-light.png"), Stop);
        await FindsAsync(browser, "provenance");

        await browser.OpenAsync(new Uri(address, "README.html"), _phone, dark: true, "true", Stop);
        Assert.Equal("dark", await browser.EvaluateAsync("document.documentElement.getAttribute('data-bs-theme')", Stop));
        await browser.PhotographAsync(Path.Combine(reports, "site-phone-dark.png"), Stop);

        string[] some = ["README.html", "docs/on-gitlab.html", "docs/parameters.html", "docs/failures.html"];
        var pages = _all
            ? [.. Directory.EnumerateFiles(site, "*.html", SearchOption.AllDirectories)]
            : some.Select(page => Path.Combine(site, page));
        var wide = new List<string>();
        foreach (var page in pages.Select(page => Path.GetRelativePath(site, page).Replace('\\', '/')))
        {
            await browser.OpenAsync(new Uri(address, page), _phone, dark: false, "true", Stop);
            var (shown, needed) = (
                await browser.EvaluateAsync("innerWidth", Stop),
                await browser.EvaluateAsync("document.documentElement.scrollWidth", Stop)
            );
            if (shown != needed)
            {
                wide.Add($"{page}: {needed} of {shown}");
            }
        }

        Assert.Empty(wide);
        if (_all)
        {
            await browser.OpenAsync(
                new Uri(address, "api/PySign.Sigstore.Verification.SigstoreVerifier.html"),
                _desktop,
                dark: true,
                "true",
                Stop
            );
            Assert.Contains(
                "SigstoreVerifier",
                await browser.EvaluateAsync("document.querySelector('h1').innerText", Stop),
                StringComparison.Ordinal
            );
            await browser.PhotographAsync(Path.Combine(reports, "site-desktop-dark.png"), Stop);
            await FindsAsync(browser, "SigstoreVerifier");
        }
    }

    private static async Task FindsAsync(Browser browser, string word)
    {
        // What is typed before the index is loaded finds nothing: typed again then, as a person does.
        var type =
            $"{{ const query = document.getElementById('search-query'); query.value = '{word}'; "
            + "query.dispatchEvent(new Event('input')); }";
        const string Results = "document.querySelectorAll('#search-results .sr-item').length";
        for (var i = 0; i < 600 && await browser.EvaluateAsync(Results, Stop) == "0"; i++)
        {
            await browser.EvaluateAsync(type, Stop);
            await Task.Delay(500, Stop);
        }

        Assert.NotEqual("0", await browser.EvaluateAsync(Results, Stop));
    }

    /// <summary>What <c>--target=Docs</c> does; without the API of the engines, which takes four times as long, unless all is asked
    /// for.</summary>
    private static async Task<string> BuildAsync()
    {
        var docfx = Root(OperatingSystem.IsWindows() ? ".tools/docfx/docfx.exe" : ".tools/docfx/docfx");
        Assert.SkipUnless(File.Exists(docfx), $"NOT RUN: {docfx} is absent; ./build.sh --target=Docs and eng/peers.sh bring it.");

        // As deep in the tree as eng/docs: its paths hold there too.
        var work = Root("artifacts/guide");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Root("eng/docs/docfx.json"), Stop))!;
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        Directory.CreateDirectory(work);
        foreach (var name in new[] { "index.md", "toc.yml" })
        {
            var text = await File.ReadAllTextAsync(Root($"eng/docs/{name}"), Stop);
            await File.WriteAllTextAsync(Path.Combine(work, name), _all ? text : WithoutApi(text), Stop);
        }

        config["build"]!["output"] = "site";
        if (_all)
        {
            var assemblies = Directory.CreateDirectory(Path.Combine(work, "assemblies")).FullName;
            foreach (
                var file in new[] { "PySign.Sigstore", "PySign.Packaging", "PySign.Formats", "PySign.Http" }.SelectMany(name =>
                    new[] { name + ".dll", name + ".xml" }
                )
            )
            {
                File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(assemblies, file));
            }

            config["metadata"]![0]!["src"]![0]!["src"] = "assemblies";
            config["metadata"]![0]!["dest"] = "api";
            config["build"]!["content"]![2]!["src"] = ".";
            var toc = Path.Combine(work, "toc.yml");
            await File.WriteAllTextAsync(
                toc,
                (await File.ReadAllTextAsync(toc, Stop)).Replace("../../artifacts/docs-api/api", "api", StringComparison.Ordinal),
                Stop
            );
        }
        else
        {
            config["metadata"] = new JsonArray();
            config["build"]!["content"]!.AsArray().RemoveAt(2);
        }

        await File.WriteAllTextAsync(Path.Combine(work, "docfx.json"), config.ToJsonString(), Stop);
        var (exit, said) = await RunAsync(docfx, _all ? ["docfx.json"] : ["build", "docfx.json"], work);
        Assert.True(exit == 0 && said.Contains(" 0 warning(s)", StringComparison.Ordinal), said);
        return Path.Combine(work, "site");
    }

    private static string WithoutApi(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').ToList();
        lines.RemoveAll(line => line.Contains("xref:", StringComparison.Ordinal) || line.Contains("docs-api", StringComparison.Ordinal));
        lines.Remove("- name: API");
        return string.Join('\n', lines);
    }

    private static async Task<(int Exit, string Said)> RunAsync(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, [.. arguments, "--warningsAsErrors"]) { WorkingDirectory = folder };
        start.Environment["DOTNET_ROLL_FORWARD"] = "LatestMajor";
        var run = await ProgramRun.OfAsync(start, Stop);
        return (run.ExitCode, run.Said);
    }

    private static WebApplication Serve(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var types = new FileExtensionContentTypeProvider();
        server.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(folder), ContentTypeProvider = types });
        return server;
    }
}
