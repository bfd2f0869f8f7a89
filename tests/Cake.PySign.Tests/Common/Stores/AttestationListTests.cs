using System.Globalization;
using System.Net;
using System.Web;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;
using Cake.PySign.Tests.Rig;
using PySign.Formats;

namespace Cake.PySign.Tests.Common.Stores;

/// <summary>GitHub's list of a file's attestations goes on where its answer says: it is followed to its end, and no further than the same
/// list.</summary>
public sealed class AttestationListTests : IDisposable
{
    private const string Api = "https://api.example/repos/acme/hello";
    private const string Wanted = """{"mediaType":"wanted"}""";

    private static readonly Sha256Digest _sha256 = Sha256Digest.Parse(new string('a', 64));

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public async Task A_bundle_is_found_on_whatever_page_it_is(int pages, bool isThere)
    {
        using var handler = new HostileRegistry(uri =>
        {
            var page = Page(uri);
            return Answer(isThere && page == pages ? Wanted : """{"mediaType":"other"}""", page < pages ? Next(page + 1) : null);
        });
        Assert.Equal(isThere, await HoldsAsync(handler));
        Assert.Equal(pages, handler.Requests);
    }

    [Theory]
    [InlineData("https://elsewhere.example/repos/acme/hello/attestations/sha256:a?after=1", PySignFailure.Unreachable, 1)]
    [InlineData("http://api.example/repos/acme/hello/attestations/sha256:a?after=1", PySignFailure.Unreachable, 1)]
    [InlineData("//elsewhere.example/x", PySignFailure.Unreachable, 1)]
    [InlineData("the same", PySignFailure.Unreachable, 2)]
    [InlineData("without an end", PySignFailure.TooLarge, 50)]
    public async Task A_list_that_leads_elsewhere_or_nowhere_ends_and_says_so(string next, PySignFailure reason, int requests)
    {
        using var handler = new HostileRegistry(uri =>
            Answer(
                """{"mediaType":"other"}""",
                next switch
                {
                    "the same" => Next(2),
                    "without an end" => Next(Page(uri) + 1),
                    _ => next,
                }
            )
        );
        var e = await Assert.ThrowsAsync<PySignException>(() => HoldsAsync(handler));
        Assert.Equal(reason, e.Reason);
        Assert.NotNull(e.Advice);
        Assert.Equal(requests, handler.Requests);
    }

    private Task<bool> HoldsAsync(HostileRegistry handler)
    {
        var store = new RegistryConnections(handler, new FastTime()).Attestations(
            new Uri(Api),
            "canary-token-0123456789",
            SafeLog.For(_rig.Context)
        );
        return HoldsAsync(store);
    }

    private static async Task<bool> HoldsAsync(GitHubAttestationStore store)
    {
        using (store)
        {
            return await store.HoldsAsync(_sha256, Wanted, "https://slsa.dev/provenance/v1", TestContext.Current.CancellationToken);
        }
    }

    private static int Page(Uri uri) =>
        HttpUtility.ParseQueryString(uri.Query)["after"] is { } page ? int.Parse(page, CultureInfo.InvariantCulture) : 1;

    private static string Next(int page) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"https://api.example/repositories/42/attestations/sha256:{_sha256.Hex}?per_page=100&after={page}"
        );

    private static HttpResponseMessage Answer(string bundle, string? next)
    {
        var response = HostileRegistry.Page($$"""{"attestations":[{"bundle":{{bundle}}}]}""", "application/json");
        response.StatusCode = HttpStatusCode.OK;
        if (next is not null)
        {
            response.Headers.TryAddWithoutValidation("Link", $"<{Api}?before=1>; rel=\"prev\", <{next}>; rel=\"next\"");
        }

        return response;
    }
}
