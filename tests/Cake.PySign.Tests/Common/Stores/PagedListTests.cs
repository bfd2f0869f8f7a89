using System.Globalization;
using System.Net;
using System.Web;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common.Stores;

/// <summary>A list in pages that a service never ends, sends elsewhere or makes of something else: it is left, soon and by name.</summary>
public sealed class PagedListTests : IDisposable
{
    private const int Bound = 600;

    private static readonly Dictionary<string, Func<int, string?>> _pages = new(StringComparer.Ordinal)
    {
        ["page= is ignored"] = static _ => Rows(1),
        ["pages without an end"] = Rows,
        ["pages with the same items in another order"] = static page => Rows(page % 2 == 0 ? 2 : 3),
        ["another host from the second page on"] = static page => page == 1 ? Rows(1) : null,
        ["not a list"] = static _ => """{"message":"ok"}""",
        ["a page that breaks off"] = static page => page == 1 ? Rows(1) : Rows(2)[..200],
        ["a page of HTML"] = static page => page == 1 ? Rows(1) : "<html>Sign in</html>",
    };

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<StoreKind, string> Lists() =>
        [.. new[] { StoreKind.GitLab, StoreKind.GitHubRelease }.SelectMany(kind => _pages.Keys.Select(pages => (kind, pages)))];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task It_ends_and_says_so(StoreKind kind, string pages)
    {
        using var handler = new HostileRegistry(uri => Answer(uri, _pages[pages]));
        using var registry = new RegistryConnections(handler, new FastTime()).Store(
            Settings(kind),
            SafeLog.For(_rig.Context),
            uploads: true
        );
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            kind == StoreKind.GitLab
                ? registry.KeptAsync(TestContext.Current.CancellationToken)
                : registry.PrepareUploadAsync(TestContext.Current.CancellationToken)
        );
        Assert.InRange(handler.Requests, 1, Bound);
        Assert.NotNull(e.Advice);
    }

    [Theory]
    [InlineData(StoreKind.GitLab)]
    [InlineData(StoreKind.GitHubRelease)]
    public async Task It_is_left_when_the_run_is_cancelled(StoreKind kind)
    {
        using var ending = new CancellationTokenSource();
        var asked = 0;
        using var handler = new HostileRegistry(uri =>
        {
            if (++asked == 5)
            {
                ending.Cancel();
            }

            return Answer(uri, Rows);
        });
        using var registry = new RegistryConnections(handler, new FastTime()).Store(
            Settings(kind),
            SafeLog.For(_rig.Context),
            uploads: true
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            kind == StoreKind.GitLab ? registry.KeptAsync(ending.Token) : registry.PrepareUploadAsync(ending.Token)
        );
        Assert.InRange(handler.Requests, 5, 6);
    }

    private static HttpResponseMessage Answer(Uri uri, Func<int, string?> pages)
    {
        if (HttpUtility.ParseQueryString(uri.Query)["page"] is not { } page)
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{}") };
        }

        return pages(int.Parse(page, CultureInfo.InvariantCulture)) is { } body
            ? HostileRegistry.Page(body, "application/json")
            : HostileRegistry.Elsewhere("https://elsewhere.example/list");
    }

    // A full page: each row is a package for GitLab and a release for GitHub.
    private static string Rows(int page) =>
        "["
        + string.Join(
            ',',
            Enumerable
                .Range(page * 100, 100)
                .Select(id =>
                    $$"""
                        {"id":{{id}},"name":"hello","version":"1.0","tag_name":"v0.{{id}}","draft":true,"immutable":false,
                         "upload_url":"https://api.example/repos/acme/hello/releases/{{id}}/assets{?name,label}"}
                        """
                )
        )
        + "]";

    private static SignatureStoreSettings Settings(StoreKind kind) =>
        new()
        {
            Kind = kind,
            Url = new Uri(
                kind == StoreKind.GitLab
                    ? "https://gitlab.example/api/v4/projects/1/packages/generic"
                    : "https://api.example/repos/acme/hello"
            ),
            Name = "hello",
            Version = kind == StoreKind.GitLab ? "1.0" : "v1.0",
            Token = "canary-token-0123456789",
        };
}
