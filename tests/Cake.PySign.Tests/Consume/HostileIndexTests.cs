using System.IO.Compression;
using System.Text;
using Cake.PySign.Common.Logging;
using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;
using static Cake.PySign.PySignFailure;
using static Cake.PySign.Tests.Rig.HostileRegistry;

namespace Cake.PySign.Tests.Consume;

/// <summary>
/// What a registry can do to an independent consumer's verification beyond serving other files (AdversaryTests): pages, names, addresses
/// and bodies made to exhaust it or to lead it elsewhere. Each ends for its own reason, with nothing written, after so many requests and
/// bytes at most.
/// </summary>
public sealed class HostileIndexTests : IDisposable
{
    private const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";
    private const string Root = "https://registry.example/";
    private const string Json = "application/vnd.pypi.simple.v1+json";
    private const long Chunk = 64 << 10;
    private const long MaxIndex = 32L << 20;
    private const long MaxDistribution = 1 << 20;

    private readonly CakeRig _rig = new();
    private readonly DrippingTime _time = new();

    public void Dispose() => _rig.Dispose();

    private sealed record Attack(
        Func<HostileIndexTests, Uri, HttpResponseMessage> Answer,
        PySignFailure Reason,
        string Words,
        int Requests = 1,
        long Bytes = 1 << 16,
        bool Storage = false
    );

    private static readonly Dictionary<string, Attack> _attacks = new()
    {
        // Without end
        ["an HTML page that never ends"] = new(
            (_, _) => Endless(new EndlessStream("<p>")),
            TooLarge,
            "larger than the 33554432 bytes allowed",
            Bytes: MaxIndex + Chunk
        ),
        ["a JSON page that never ends"] = new(
            (_, _) => Endless(new EndlessStream(" "), Json),
            TooLarge,
            "larger than the 33554432 bytes allowed",
            Bytes: MaxIndex + Chunk
        ),
        ["a page with a million files"] = new(
            (_, _) => Page(Files(1_000_000), Json),
            TooLarge,
            "larger than the 33554432 bytes allowed",
            Bytes: MaxIndex + Chunk
        ),
        ["a page with more files than any project has"] = new(
            (_, _) => Page(Files(100_001), Json),
            TooLarge,
            "at most 100000 files",
            Bytes: MaxIndex
        ),
        ["a version with more files than any release has"] = new(
            (_, _) => Page(string.Concat(Enumerable.Range(0, 2001).Select(i => Link($"hello_pysign-1.0.0-{i}-py3-none-any.whl")))),
            TooLarge,
            "lists 2001 files",
            Bytes: 1 << 20
        ),
        ["a hundred wheels of one byte now and then"] = new(
            (test, uri) =>
                IsPage(uri)
                    ? Page(string.Concat(Enumerable.Range(0, 100).Select(i => Link($"hello_pysign-1.0.0-{i}-py3-none-any.whl"))))
                    : Endless(new DrippingStream(test._time, TimeSpan.FromSeconds(20), 40)),
            TimedOut,
            "was not verified within 01:00:00",
            Requests: 6
        ),
        ["JSON of great depth"] = new((_, _) => Page(Head + new string('[', 1 << 20), Json), InvalidMetadata, "PEP 691", Bytes: 2 << 20),
        ["a page that unpacks to a gigabyte"] = new((_, _) => Packed(Json), InvalidMetadata, "PEP 691"),
        ["a page that unpacks to a gigabyte, as HTML"] = new((_, _) => Packed("text/html"), InvalidMetadata, "without control characters"),
        ["a page of one byte now and then"] = new(
            (test, _) => Endless(new DrippingStream(test._time, TimeSpan.FromSeconds(7))),
            TimedOut,
            "no complete answer in time",
            Requests: 5,
            Bytes: 64
        ),
        ["a page that redirects permanently"] = new((_, uri) => Elsewhere(uri + "x"), Redirected, "keeps redirecting", Requests: 6),
        ["a wheel that never ends"] = new(
            (_, uri) => IsPage(uri) ? Links(Wheel) : Endless(new EndlessStream("PK")),
            TooLarge,
            Wheel,
            Requests: 2,
            Bytes: MaxDistribution + Chunk + 1024
        ),
        ["a wheel of one byte now and then"] = new(
            (test, uri) => IsPage(uri) ? Links(Wheel) : Endless(new DrippingStream(test._time, TimeSpan.FromSeconds(20))),
            TimedOut,
            Wheel,
            Requests: 6,
            Bytes: 1024
        ),
        ["a wheel that redirects permanently"] = new(
            (_, uri) => IsPage(uri) ? Links(Wheel) : Elsewhere(uri + "x"),
            Redirected,
            "more than 5 times",
            Requests: 7
        ),
        ["a wheel that redirects permanently among hosts"] = new(
            (_, uri) => IsPage(uri) ? Links(Wheel) : Elsewhere($"https://s{uri.Host.Length}{uri.Host}/x"),
            Redirected,
            "more than 5 times",
            Requests: 7,
            Storage: true
        ),

        // Addresses that lead elsewhere
        ["a link with a user and a password"] = new(
            (_, _) => Links(Wheel, $"https://me:canary@registry.example/{Wheel}"),
            InvalidMetadata,
            "in more than one way"
        ),
        ["a link into this machine's files"] = new((_, _) => Links(Wheel, $"file:///etc/{Wheel}"), InvalidMetadata, "in more than one way"),
        ["a link to a share"] = new((_, _) => Links(Wheel, $@"\\evil\share\{Wheel}"), InvalidMetadata, "in more than one way"),
        ["a link that is a program"] = new((_, _) => Links(Wheel, $"javascript:x/{Wheel}"), InvalidMetadata, "in more than one way"),
        ["a link that is the file"] = new((_, _) => Links(Wheel, $"data:,/{Wheel}"), InvalidMetadata, "in more than one way"),
        ["a link to another host"] = new(
            (_, _) => Links(Wheel, $"https://pypi.example/{Wheel}"),
            Redirected,
            "https://pypi.example, not on the registry's own"
        ),
        ["a link to another port"] = new(
            (_, _) => Links(Wheel, $"https://registry.example:8443/{Wheel}"),
            Redirected,
            "dependency confusion"
        ),
        ["a link without TLS"] = new(
            (_, _) => Links(Wheel, $"http://registry.example/{Wheel}"),
            Redirected,
            "http://registry.example, not on"
        ),
        ["a link without TLS where storage is allowed"] = new(
            (_, _) => Links(Wheel, $"http://registry.example/{Wheel}"),
            Redirected,
            "only https is allowed",
            Storage: true
        ),
        ["a base that moves every link"] = new(
            (_, _) => Page($"<base href=\"https://evil.example/\"><a href=\"{Wheel}\">{Wheel}</a>"),
            Redirected,
            "https://evil.example"
        ),
        ["a redirect of the page that drops TLS"] = new(
            (_, _) => Elsewhere("http://registry.example/simple/hello-pysign/"),
            Redirected,
            "http://registry.example instead (dependency confusion)"
        ),
        ["a redirect of the page to a user and a password"] = new(
            (_, _) => Elsewhere("https://me:canary@registry.example/simple/"),
            Redirected,
            "credentials in a URL"
        ),
        ["a redirect of the page that leads nowhere"] = new((_, _) => Elsewhere("http://:0:0"), Redirected, "without saying where"),
        ["a redirect of a wheel that drops TLS"] = new(
            (_, uri) => IsPage(uri) ? Links(Wheel) : Elsewhere($"http://registry.example/{Wheel}"),
            Redirected,
            "http://registry.example",
            Requests: 2,
            Storage: true
        ),
        ["a redirect of a wheel into this machine"] = new(
            (_, uri) => IsPage(uri) ? Links(Wheel) : Elsewhere("file:///etc/passwd"),
            Redirected,
            "file:///etc/passwd",
            Requests: 2,
            Storage: true
        ),

        // Names that lead elsewhere
        ["a name that climbs"] = new((_, _) => Named("../" + Wheel), InvalidMetadata, "in more than one way"),
        ["a name that is a path"] = new((_, _) => Named("/etc/" + Wheel), InvalidMetadata, "in more than one way"),
        ["a name with a stream"] = new((_, _) => Named(Sdist + ":hidden"), NotFound, "has no file of"),
        ["a name with a drive"] = new((_, _) => Named("C:" + Wheel), InvalidMetadata, "in more than one way"),
        ["a name with a backslash"] = new((_, _) => Named(@"x\" + Wheel), InvalidMetadata, "in more than one way"),
        ["a name with an end of text"] = new((_, _) => Named(Wheel + "\0.txt"), NotFound, "has no file of"),
        ["a name with a hyphen that is none"] = new((_, _) => Named("hello_pysign\u20111.0.0.tar.gz"), NotFound, "has no file of"),
        ["a name with wide letters"] = new((_, _) => Named("ｈello_pysign-1.0.0.tar.gz"), NotFound, "has no file of"),
        ["a name with letters of another script"] = new((_, _) => Named("hellо_pysign-1.0.0.tar.gz"), NotFound, "has no file of"),
        ["a name that is written backwards"] = new((_, _) => Named("hello_pysign-1.0.0\u202egz.rat"), NotFound, "has no file of"),
        ["a name with a space of no width"] = new((_, _) => Named("hello_pysign\u200b-1.0.0.tar.gz"), NotFound, "has no file of"),
        ["a name that is an option"] = new((_, _) => Named("--target=hello_pysign-1.0.0.tar.gz"), NotFound, "has no file of"),
        ["a name of a thousand letters"] = new(
            (_, _) => Named($"hello_pysign-1.0.0.{new string('0', 1000)}.tar.gz"),
            InvalidMetadata,
            "in more than one way"
        ),
        ["a device's name"] = new((_, _) => Named("CON.tar.gz"), NotFound, "has no file of"),
        ["a dot at the end"] = new((_, _) => Named(Sdist + "."), NotFound, "has no file of"),
        ["two names that differ in case"] = new(
            (_, _) => Page(Link(Wheel) + Link(Wheel.Replace('h', 'H'))),
            InvalidMetadata,
            "in more than one way"
        ),
        ["one name with two digests"] = new(
            (_, _) => Page(Link(Wheel, Wheel + "#sha256=" + new string('1', 64)) + Link(Wheel, Wheel + "#sha256=" + new string('2', 64))),
            InvalidMetadata,
            "each file once"
        ),
        ["a text that is not the link's name"] = new(
            (_, _) => Links(Wheel, "other-1.0.0-py3-none-any.whl"),
            InvalidMetadata,
            "in more than one way"
        ),
        ["JSON that says one thing twice"] = new(
            (_, _) => Page($"{Head}{{\"filename\":\"{Wheel}\",\"url\":\"a\",\"url\":\"b\",\"hashes\":{{}}}}]}}", Json),
            InvalidMetadata,
            "PEP 691"
        ),
        ["a version of the protocol to come"] = new(
            (_, _) => Page("""{"meta":{"api-version":"2.0"},"files":[]}""", Json),
            InvalidMetadata,
            "api-version 1.x"
        ),

        // Pages and files that are none
        ["a page of another kind"] = new((_, _) => Page("hello", "text/plain"), InvalidMetadata, "not a simple index"),
        ["a page that breaks off"] = new((_, _) => Page($"<a href=\"{Wheel}\">{Wheel}"), InvalidMetadata, "the page is cut off"),
        ["a wheel that is not there"] = new(
            (_, uri) =>
                IsPage(uri)
                    ? Links(Wheel)
                    : new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { Content = new StringContent("gone") },
            NotFound,
            "The index lists " + Wheel,
            Requests: 2
        ),
    };

    public static TheoryData<string> Attacks => [.. _attacks.Keys];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Each_attack_ends_for_its_own_reason(string name)
    {
        var attack = _attacks[name];
        using var registry = new HostileRegistry(uri => attack.Answer(this, uri));
        var e = await Assert.ThrowsAsync<PySignException>(() => VerifyAsync(registry, attack.Storage));
        Assert.True(
            e.Reason == attack.Reason && e.Message.Contains(attack.Words, StringComparison.Ordinal),
            $"Expected {attack.Reason}, saying '{attack.Words}'; found {e.Reason}: {e.Message}"
        );
        Assert.DoesNotContain("canary", e.Message + _rig.Log.Text, StringComparison.Ordinal);
        Assert.InRange(registry.Requests, 1, attack.Requests);
        Assert.InRange(registry.BytesTaken, 0, attack.Bytes);
        NothingStays();
    }

    [Fact]
    public async Task A_file_that_changes_between_two_attempts_is_not_put_together_from_both()
    {
        var (first, second, requests) = (SampleDistribution.Wheel(), SampleDistribution.Wheel(body: "other\n"), 0);
        using var registry = new HostileRegistry(uri =>
        {
            if (IsPage(uri))
            {
                return Links(Wheel, $"{Wheel}#sha256={SampleDistribution.Sha256(first)}");
            }

            var body = requests++ == 0 ? first[..(first.Length / 2)] : second;
            var answer = Page(body, "application/octet-stream");
            answer.Content.Headers.ContentLength = requests == 1 ? first.Length : body.Length;
            return answer;
        });
        var e = await Assert.ThrowsAsync<PySignException>(() => VerifyAsync(registry));
        Assert.Equal(DigestMismatch, e.Reason);
        Assert.Contains(SampleDistribution.Sha256(second), e.Message, StringComparison.Ordinal);
        Assert.Equal((3, 2), (registry.Requests, requests));
        NothingStays();
    }

    [Fact]
    public async Task A_page_is_read_once_so_that_it_cannot_change_between_two_looks()
    {
        var pages = 0;
        using var registry = new HostileRegistry(uri =>
            IsPage(uri)
                ? pages++ == 0
                    ? Links(Wheel)
                    : Links(Sdist)
                : uri.AbsolutePath.EndsWith(".whl", StringComparison.Ordinal)
                    ? Page(SampleDistribution.Wheel(), "application/octet-stream")
                    : new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { Content = new StringContent("") }
        );
        var e = await Assert.ThrowsAsync<ReleaseVerificationException>(() => VerifyAsync(registry));
        Assert.Equal((Wheel, ReleaseFailure.SignatureMissing), (e.Problems[0].FileName, e.Problems[0].Reason));
        Assert.DoesNotContain(e.Problems, problem => problem.FileName.StartsWith(Sdist, StringComparison.Ordinal));
        Assert.Equal(1, pages);
        NothingStays();
    }

    [Fact]
    public async Task A_bundle_that_never_ends_is_cut_off()
    {
        using var registry = new HostileRegistry(uri =>
            IsPage(uri) ? Links(Wheel)
            : uri.AbsolutePath.EndsWith(".whl", StringComparison.Ordinal) ? Page(SampleDistribution.Wheel(), "application/octet-stream")
            : Endless(new EndlessStream(" "))
        );
        var e = await Assert.ThrowsAsync<PySignException>(() => VerifyAsync(registry));
        Assert.Equal(TooLarge, e.Reason);
        Assert.Contains(Wheel + ".sigstore.json", e.Message, StringComparison.Ordinal);
        Assert.InRange(registry.BytesTaken, 16 << 20, (16 << 20) + (4 * Chunk));
        NothingStays();
    }

    [Theory]
    [InlineData("../evil.py", "a relative path inside the archive")]
    [InlineData("bomb", "a compression ratio of at most 250")]
    public async Task A_wheel_that_would_harm_whoever_unpacks_it_is_refused(string entry, string words)
    {
        using var registry = new HostileRegistry(uri =>
            IsPage(uri) ? Links(Wheel)
            : uri.AbsolutePath.EndsWith(".whl", StringComparison.Ordinal) ? Page(Harmful(entry), "application/octet-stream")
            : new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { Content = new StringContent("") }
        );
        var e = await Assert.ThrowsAsync<ReleaseVerificationException>(() => VerifyAsync(registry));
        Assert.Contains(
            e.Problems,
            problem => problem.Reason == ReleaseFailure.DistributionRefused && problem.Explanation.Contains(words, StringComparison.Ordinal)
        );
        NothingStays();
    }

    private const string Head = """{"meta":{"api-version":"1.0"},"name":"hello-pysign","files":[""";

    private static bool IsPage(Uri uri) =>
        uri.AbsolutePath.StartsWith("/simple/", StringComparison.Ordinal) && uri.AbsolutePath.EndsWith('/');

    private static string Link(string text, string? href = null) => $"<a href=\"{href ?? text}\">{text}</a>";

    private static HttpResponseMessage Links(string name, string? href = null) => Page(Link(name, href));

    /// <summary>A file name in JSON, where no link has to agree with it.</summary>
    private static HttpResponseMessage Named(string name) =>
        Page($"{Head}{{\"filename\":{System.Text.Json.JsonSerializer.Serialize(name)},\"url\":\"x\",\"hashes\":{{}}}}]}}", Json);

    private static string Files(int count)
    {
        const string Entry = """{"filename":"a","url":"a","hashes":{}}""";
        return new StringBuilder(Head, 64 << 20).Insert(Head.Length, Entry + ",", count - 1).Append(Entry).Append("]}").ToString();
    }

    /// <summary>Sixteen megabytes, packed as the client never asked for: what unpacks them without a bound unpacks a gigabyte as
    /// well.</summary>
    private static HttpResponseMessage Packed(string type)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[16 << 20]);
        }

        var answer = Page(packed.ToArray()[..Math.Min((int)packed.Length, 1 << 15)], type);
        answer.Content.Headers.ContentEncoding.Add("gzip");
        return answer;
    }

    private static byte[] Harmful(string entry)
    {
        using var wheel = new MemoryStream();
        wheel.Write(SampleDistribution.Wheel());
        using (var zip = new ZipArchive(wheel, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var content = zip.CreateEntry(entry).Open();
            content.Write(new byte[entry == "bomb" ? 80 << 20 : 1]);
        }

        return wheel.ToArray();
    }

    private void NothingStays()
    {
        Assert.False(Directory.Exists(_rig.Folder.Folder("consumer").FullPath));
        Assert.Equal(["pysign-policy.toml"], _rig.Folder.Snapshot().Keys);
    }

    private Task<VerifiedRelease> VerifyAsync(HttpMessageHandler registry, bool storage = false)
    {
        var log = SafeLog.For(_rig.Context);
        var settings = new VerifyReleaseSettings
        {
            Name = "hello-pysign",
            Version = "1.0.0",
            Index = { Url = new Uri(Root + "simple") },
            Store = { Url = new Uri(Root + "packages/generic") },
            PolicyFile = _rig.Folder.Write(
                "pysign-policy.toml",
                "schema = 1\n\n[[signers]]\nissuer = \"https://gitlab.example\"\nidentity = "
                    + "\"https://gitlab.example/acme/hello//.gitlab-ci.yml@refs/tags/v{version}\"\n"
            ),
            OutputDirectory = _rig.Folder.Folder("consumer"),
            Network = { StorageRedirects = storage ? PySignChoice.Always : PySignChoice.Never, MaxParallel = 1 },
            Limits = { MaxFileBytes = MaxDistribution },
        };
        return new ReleaseVerifier(_rig.Services(registry, _time, log: log)).VerifyAsync(settings, TestContext.Current.CancellationToken);
    }
}
