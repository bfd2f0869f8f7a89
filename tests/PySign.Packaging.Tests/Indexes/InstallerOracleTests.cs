using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Indexes;

/// <summary>
/// Real pips as judges: whatever one of them takes for <c>hello-pysign==1.0.0</c> is a file that a verifier was given, or one that it was
/// warned of by name, or the page was refused. Pages are generated; <c>PYSIGN_INDEX_PAGES</c> says how many, and <c>70000:6000</c> from
/// which seed on.
/// </summary>
public sealed class InstallerOracleTests
{
    private const int Default = 600;

    private static readonly ProjectName _name = ProjectName.Parse("hello-pysign");
    private static readonly PythonVersion _version = PythonVersion.Parse("1.0.0");

    // pip's own functions, in one process for all pages: fetching a page and choosing among wheels is all that is left out.
    private const string Script = """
        import base64, json, os, sys
        if sys.argv[1]:
            sys.path.insert(0, sys.argv[1])
        import pip
        from pip._internal.index.collector import IndexContent, parse_links
        from pip._internal.index.package_finder import LinkEvaluator, LinkType
        from pip._internal.models.target_python import TargetPython
        from pip._internal.models.wheel import Wheel
        from pip._vendor.packaging.specifiers import SpecifierSet
        from pip._vendor.packaging.version import parse
        Wheel.supported = lambda self, tags: True
        evaluator = LinkEvaluator(project_name="hello-pysign", canonical_name="hello-pysign",
            formats=frozenset(["binary", "source"]), target_python=TargetPython(py_version_info=(3, 9, 0)), allow_yanked=True)
        asked = SpecifierSet("==1.0.0")
        def taken(kind, content):
            page = IndexContent(content, kind, None, sys.argv[2], cache_link_parsing=False)
            found = []
            for link in parse_links(page):
                try:
                    result, version = evaluator.evaluate_link(link)
                    if result == LinkType.candidate and asked.contains(parse(version), prereleases=True):
                        found.append([link.filename, link.url_without_fragment])
                except Exception:
                    pass
            return found
        print(json.dumps(pip.__version__))
        for line in sys.stdin:
            kind, content = json.loads(line)
            try:
                print(json.dumps(taken(kind, base64.b64decode(content))))
            except Exception:
                print("[]")
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pips()
    {
        var pips = new TheoryData<string> { "" };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var python = Path.Combine(folder.FullName, ".tools", "peers", "python");
            if (Directory.Exists(python))
            {
                foreach (var one in Directory.EnumerateDirectories(python, "pip-*"))
                    pips.Add(one);
                break;
            }
        }

        return pips;
    }

    [Theory]
    [MemberData(nameof(Pips), DisableDiscoveryEnumeration = true)]
    public async Task Whatever_pip_takes_for_a_version_was_given_to_the_verifier_or_the_page_was_refused(string pip)
    {
        var asked = (Environment.GetEnvironmentVariable("PYSIGN_INDEX_PAGES") ?? $"{Default}").Split(':');
        var count = int.Parse(asked[^1], CultureInfo.InvariantCulture);
        var first = asked.Length > 1 ? int.Parse(asked[0], CultureInfo.InvariantCulture) : 0;
        var pages = Enumerable.Range(first, count).Select(seed => new GeneratedPages(seed).Next()).ToList();
        var judged = await AskPipAsync(pip, pages);
        var (taken, wrong) = (0, new List<string>());
        for (var i = 0; i < count; i++)
        {
            taken += judged[i].Count;
            foreach (var problem in Missed(pages[i], judged[i]))
                wrong.Add($"page {first + i}: {problem}\n{Encoding.UTF8.GetString(pages[i].Content)}");
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong.Take(5)) + $"\n{wrong.Count} in all");
        Assert.True(taken > count / 3, $"pip took only {taken} links of {count} pages: it is not the judge that this test needs.");
    }

    [Fact]
    public void Honest_pages_are_read_and_not_refused()
    {
        var refused = 0;
        for (var seed = 0; seed < 2000; seed++)
        {
            var (kind, content) = new GeneratedPages(seed).Next();
            refused += Read(kind, content) is null ? 1 : 0;
        }

        // Most generated pages are odd on purpose; the count only shows that not everything is refused.
        Assert.InRange(refused, 1, 1500);
    }

    [Theory]
    [InlineData("""{"filename":"other-0.1.tar.gz","url":"hello_pysign-1.0.0-99-py3-none-any.whl","hashes":{}}""", true)]
    [InlineData("""{"filename":"hello_pysign-1.0.0.tar.gz","url":"/files/hello_pysign-1.0.0-py3-none-any.whl","hashes":{}}""", true)]
    [InlineData("""{"filename":"hello_pysign-1.0.0-py3-none-any.whl","url":"hello_pysign-1.0.0-py3-none-any.whl","hashes":{}}""", false)]
    public async Task A_real_pip_download_requests_what_the_verifier_was_given_or_what_it_refused(string entry, bool refuses)
    {
        var json = $$"""{"meta":{"api-version":"1.0"},"name":"hello-pysign","files":[{{entry}}]}""";
        using var server = new OnePage(json);
        using var process = Start([
            "-m",
            "pip",
            "download",
            "--disable-pip-version-check",
            "--no-cache-dir",
            "--no-deps",
            "--dest",
            Path.Combine(Path.GetTempPath(), "pysign-oracle"),
            "--index-url",
            server.Root + "simple/",
            "hello-pysign==1.0.0",
        ]);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        await process.StandardError.ReadToEndAsync(Cancel);
        await output;
        await process.WaitForExitAsync(Cancel);
        var requested = server.Files.Where(path => !path.EndsWith(".metadata", StringComparison.Ordinal)).Distinct().ToList();
        Assert.NotEmpty(requested);
        var page = SimpleIndex.ParseJson(json, new Uri(server.Root + "simple/hello-pysign/"));
        if (refuses)
            Assert.Throws<PackagingException>(() => page.Of(_name, _version));
        else
            Assert.Equal(requested, page.Of(_name, _version).Files.Select(file => file.Url.AbsolutePath));
    }

    private static IndexedVersion? Read(string kind, byte[] content)
    {
        try
        {
            var page = kind.Contains("json", StringComparison.Ordinal)
                ? SimpleIndex.ParseJson(content, new Uri(GeneratedPages.Url))
                : SimpleIndex.ParseHtml(Encoding.UTF8.GetString(content), new Uri(GeneratedPages.Url));
            return page.Of(_name, _version);
        }
        catch (PackagingException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Missed((string Kind, byte[] Content) page, List<(string _name, string Url)> taken)
    {
        if (taken.Count == 0 || Read(page.Kind, page.Content) is not { } ours)
            yield break;
        foreach (var (name, url) in taken)
        {
            var known = ours.Files.Any(file => file.FileName == name && SameAddress(file.Url, url)) || ours.AlsoInstallable.Contains(name);
            if (!known)
                yield return $"pip takes {name} from {url}";
        }
    }

    // pip writes "%21" where the page has "!": one address.
    private static bool SameAddress(Uri ours, string pips) =>
        Uri.TryCreate(pips, UriKind.Absolute, out var other)
        && Uri.UnescapeDataString(ours.AbsoluteUri) == Uri.UnescapeDataString(other.AbsoluteUri);

    private static Process Start(IEnumerable<string> arguments)
    {
        var python = Environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";
        if (!File.Exists(python))
            Assert.Skip($"NOT RUN: there is no {python}; install python3 and pip.");
        return Process.Start(
            new ProcessStartInfo(python, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    private static async Task<List<List<(string _name, string Url)>>> AskPipAsync(
        string pip,
        List<(string ContentType, byte[] Content)> pages
    )
    {
        using var process = Start(["-W", "ignore", "-c", Script, pip, GeneratedPages.Url]);
        var errors = process.StandardError.ReadToEndAsync();
        var writing = Task.Run(async () =>
        {
            foreach (var (kind, content) in pages)
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new[] { kind, Convert.ToBase64String(content) }));
            process.StandardInput.Close();
        });
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            await writing;
        }
        catch (IOException)
        {
            // It ended early; what it said is below.
        }

        if (lines.Length != pages.Count + 1)
            Assert.Skip($"NOT RUN: this Python's pip is not one whose index code is known here: {await errors}");
        TestContext.Current.SendDiagnosticMessage($"pip {lines[0]}: {pages.Count} pages");
        return [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<string[][]>(line)!.Select(pair => (pair[0], pair[1])).ToList())];
    }

    /// <summary>One project page on loopback; every other request is noted and not found.</summary>
    private sealed class OnePage : IDisposable
    {
        private readonly HttpListener _listener = new();

        public OnePage(string json)
        {
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Root = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            }

            _listener.Prefixes.Add(Root);
            _listener.Start();
            _ = ServeAsync(Encoding.UTF8.GetBytes(json));
        }

        public string Root { get; }

        public List<string> Files { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync(byte[] json)
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    if (context.Request.Url!.AbsolutePath == "/simple/hello-pysign/")
                    {
                        context.Response.ContentType = "application/vnd.pypi.simple.v1+json";
                        await context.Response.OutputStream.WriteAsync(json);
                    }
                    else
                    {
                        Files.Add(context.Request.Url.AbsolutePath);
                        context.Response.StatusCode = 404;
                    }

                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
