using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publish;

/// <summary>A hostile API of GitHub, and a hostile endpoint of trusted publishing: each lie is an error with a reason, nothing is sent to
/// another place, and everything ends.</summary>
public sealed class HostileServiceTests : IDisposable
{
    private const string Secret = "canary-github-token-0123456789";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, PySignFailure> Releases() =>
        new()
        {
            { Release(tag: "v2.0"), PySignFailure.InvalidMetadata },
            { Release(upload: "https://uploads.github.com/repos/evil/other/releases/7/assets"), PySignFailure.Redirected },
            { Release(upload: "https://uploads.github.com/repos/acme/hello/releases/8/assets"), PySignFailure.Redirected },
            { Release(upload: "https://uploads.github.com.evil.example/repos/acme/hello/releases/7/assets"), PySignFailure.Redirected },
            { Release(upload: "http://uploads.github.com/repos/acme/hello/releases/7/assets"), PySignFailure.Redirected },
            { Release(upload: "//"), PySignFailure.Unreachable },
            { """{"id":1.5,"tag_name":"v1.0","draft":true,"upload_url":"https://x/"}""", PySignFailure.Unreachable },
            { """{"id":99999999999999999999,"tag_name":"v1.0","draft":true,"upload_url":"https://x/"}""", PySignFailure.Unreachable },
            { """{"id":7,"tag_name":null,"draft":true,"upload_url":"https://x/"}""", PySignFailure.Unreachable },
            { """{"id":7,"tag_name":"v1.0","draft":"no","upload_url":"https://x/"}""", PySignFailure.Unreachable },
            { """{"id":7,"tag_name":"v1.0","draft":true,"upload_url":null}""", PySignFailure.Unreachable },
            { """{"id":7,"tag_name":"v1.0","draft":true,"upload_url":"\ud800"}""", PySignFailure.Unreachable },
            { "[]", PySignFailure.Unreachable },
            { "<html>", PySignFailure.Unreachable },
            { new string('[', 100_000), PySignFailure.Unreachable },
        };

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task A_lie_about_the_release_sends_no_file_and_is_no_stack_trace(string answer, PySignFailure reason)
    {
        var sent = new List<Uri>();
        using var registry = new HostileRegistry(uri =>
        {
            lock (sent)
            {
                sent.Add(uri);
            }

            return uri.AbsolutePath.EndsWith("/assets", StringComparison.Ordinal)
                ? HostileRegistry.Page("[]", "application/json")
                : HostileRegistry.Page(answer, "application/json");
        });
        Assert.Equal(reason, (await RefusedAsync(registry)).Reason);
        Assert.All(sent, uri => Assert.Equal("api.github.com", uri.Host));
        Assert.True(registry.Requests < 20, $"{registry.Requests} requests");
    }

    public static TheoryData<string, PySignFailure> Lists() =>
        new()
        {
            { Asset(1, "a.sig") + "," + Asset(2, "a.sig"), PySignFailure.InvalidMetadata },
            { string.Join(',', Enumerable.Range(0, 100).Select(i => Asset(i, $"{i}.sig"))), PySignFailure.InvalidMetadata },
            { "null", PySignFailure.Unreachable },
            { """{"id":1,"name":"","state":"uploaded"}""", PySignFailure.Unreachable },
            { """{"id":1,"name":"a.sig","state":7}""", PySignFailure.Unreachable },
        };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_of_files_that_is_ambiguous_or_has_no_end_stops(string rows, PySignFailure reason)
    {
        using var registry = new HostileRegistry(uri =>
            HostileRegistry.Page(
                uri.AbsolutePath.EndsWith("/assets", StringComparison.Ordinal) ? $"[{rows}]" : Release(),
                "application/json"
            )
        );
        Assert.Equal(reason, (await RefusedAsync(registry)).Reason);
        Assert.True(registry.Requests <= 60, $"{registry.Requests} requests");
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut_off_and_one_from_elsewhere_is_not_followed()
    {
        using (var endless = new HostileRegistry(_ => HostileRegistry.Endless(new EndlessStream("[1,"), "application/json")))
        {
            Assert.Equal(PySignFailure.TooLarge, (await RefusedAsync(endless)).Reason);
            Assert.True(endless.BytesTaken < 200L << 20, $"{endless.BytesTaken} bytes");
        }

        using var elsewhere = new HostileRegistry(_ => HostileRegistry.Elsewhere("https://evil.example/repos/acme/hello/releases/7"));
        Assert.Equal(PySignFailure.Redirected, (await RefusedAsync(elsewhere)).Reason);
        Assert.Equal(1, elsewhere.Requests);
    }

    public static TheoryData<string> Audiences() =>
        new(
            """{"audience":"sigstore"}""",
            """{"audience":"https://gitlab.com"}""",
            """{"audience":""}""",
            """{"audience":["pypi"]}""",
            """{"audience":"pypi\n"}""",
            """{"Audience":"pypi"}""",
            "null",
            "<html>"
        );

    [Theory]
    [MemberData(nameof(Audiences))]
    public async Task An_index_that_asks_for_another_audience_gets_no_token(string answer)
    {
        using var index = new HostileRegistry(_ => HostileRegistry.Page(answer, "application/json"));
        Assert.Equal(PySignFailure.TrustedPublishingFailed, (await IdentifyAsync(index)).Reason);
        Assert.Equal(1, index.Requests);
    }

    [Fact]
    public async Task An_audience_without_an_end_or_from_elsewhere_is_refused()
    {
        using (var endless = new HostileRegistry(_ => HostileRegistry.Endless(new EndlessStream(" "), "application/json")))
        {
            Assert.Equal(PySignFailure.TooLarge, (await IdentifyAsync(endless)).Reason);
        }

        using var elsewhere = new HostileRegistry(_ => HostileRegistry.Elsewhere("https://evil.example/_/oidc/audience"));
        await IdentifyAsync(elsewhere);
        Assert.Equal(1, elsewhere.Requests);
    }

    private async Task<PySignException> IdentifyAsync(HostileRegistry index)
    {
        _rig.Environment.Variables["PYPI_ID_TOKEN"] = "canary.canary.canary";
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new TrustedPublishing(_rig.Services(index, new FastTime())).IdentifyAsync(
                new Uri("https://upload.pypi.org/legacy/"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.DoesNotContain("canary", e.ToString() + _rig.Log.Text, StringComparison.Ordinal);
        return e;
    }

    private async Task<PySignException> RefusedAsync(HostileRegistry registry)
    {
        var settings = new GenericUploadSettings
        {
            Store =
            {
                Kind = StoreKind.GitHubRelease,
                Url = new Uri("https://api.github.com/repos/acme/hello"),
                Name = "hello",
                Version = "v1.0",
                Token = Secret,
            },
        };
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new GenericUploader(_rig.Services(registry, new FastTime())).UploadAsync(
                [_rig.Folder.Write("a.sig", "x")],
                settings,
                TestContext.Current.CancellationToken
            )
        );
        Assert.DoesNotContain("canary", e.ToString() + _rig.Log.Text, StringComparison.Ordinal);
        return e;
    }

    private static string Release(
        string tag = "v1.0",
        string upload = "https://uploads.github.com/repos/acme/hello/releases/7/assets{?name,label}"
    ) => $$"""{"id":7,"tag_name":"{{tag}}","draft":true,"upload_url":"{{upload}}"}""";

    private static string Asset(int id, string name) => $$"""{"id":{{id}},"name":"{{name}}","state":"uploaded"}""";
}
