using System.Net;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Tests.Recipe;

/// <summary>The TUF mirror turns hostile between the job that signed and the jobs after it: nothing is believed of it, everything ends,
/// and with the honest mirror the release goes on.</summary>
public sealed class HostileMirrorTests(SandboxFixture fixture)
{
    public static TheoryData<string, bool> Attacks()
    {
        var data = new TheoryData<string, bool>();
        foreach (var attack in new[] { "garbage", "empty", "endless", "elsewhere", "gone", "refused", "broken", "swapped", "cut" })
        {
            data.Add(attack, false);
        }

        foreach (var attack in new[] { "garbage", "endless", "swapped", "cut" })
        {
            data.Add(attack, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_mirror_that_turns_hostile_is_not_believed_and_the_release_goes_on_with_the_honest_one(string attack, bool hasCache)
    {
        var sandbox = await fixture.Sandbox;
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        using var rig = await jobs.JobAsync();
        using var honest = Network();
        var first = Release(honest, "first");
        await SignStage.RunAsync(first, TestContext.Current.CancellationToken);

        // A job on a new runner has no cache; one on the same runner has that of the job before.
        var cache = hasCache ? "first" : "second";
        using var hostile = new HostileMirror(Network(), sandbox.Info.TufMirror, attack);
        var e = await Assert.ThrowsAnyAsync<Exception>(() =>
            VerifyStage.RunAsync(Release(hostile, cache), TestContext.Current.CancellationToken)
        );
        Assert.True(e is PySignException or VerificationException or SigningException, e.ToString());
        Assert.True(hostile.Asked is > 0 and < 40, $"{hostile.Asked} requests");
        Assert.Empty(jobs.Dist.ReadSigned().Verifications);

        using var again = Network();
        await VerifyStage.RunAsync(Release(again, cache), TestContext.Current.CancellationToken);

        Release Release(HttpMessageHandler handler, string folder)
        {
            var options = ReleaseOptions.From(rig.Context);
            options.DistDirectory = jobs.Dist.Path;
            (options.Trust.TrustedRoot, options.Signing.SigningConfig) = (null, null);
            options.Trust.TufMirror = sandbox.Info.TufMirror;
            options.Trust.TufRoot = sandbox.Info.TufRoot;
            options.Trust.TufCacheDirectory = jobs.Folder.Folder($"tuf-{folder}");
            return new Release(rig.Context, options, rig.Services(handler, new FastTime()));
        }
    }

    private static SocketsHttpHandler Network() => new() { AllowAutoRedirect = false, UseProxy = false };

    private sealed class HostileMirror(HttpMessageHandler inner, Uri mirror, string attack) : DelegatingHandler(inner)
    {
        private int _asked;

        public int Asked => _asked;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isMirror = request.RequestUri!.AbsoluteUri.StartsWith(mirror.AbsoluteUri, StringComparison.Ordinal);
            if (!isMirror)
            {
                return await base.SendAsync(request, cancellationToken);
            }

            Interlocked.Increment(ref _asked);
            var answer = attack switch
            {
                "garbage" => HostileRegistry.Page("<html>not metadata</html>"),
                "empty" => HostileRegistry.Page("", "application/json"),
                "endless" => HostileRegistry.Endless(new EndlessStream("[1,"), "application/json"),
                "elsewhere" => HostileRegistry.Elsewhere("https://evil.example/" + request.RequestUri.Segments[^1]),
                "gone" when request.RequestUri.AbsolutePath.EndsWith("timestamp.json", StringComparison.Ordinal) => Status(404),
                "refused" => Status(403),
                "broken" => Status(500),
                "swapped" when request.RequestUri.AbsolutePath.EndsWith("timestamp.json", StringComparison.Ordinal) => HostileRegistry.Page(
                    await Honest(new Uri(mirror, "1.root.json"), cancellationToken),
                    "application/json"
                ),
                "cut" when request.RequestUri.AbsolutePath.EndsWith("timestamp.json", StringComparison.Ordinal) => HostileRegistry.Page(
                    (await Honest(request.RequestUri, cancellationToken))[..^20],
                    "application/json"
                ),
                _ => null,
            };
            if (answer is null)
            {
                return await base.SendAsync(request, cancellationToken);
            }

            answer.RequestMessage = request;
            return answer;
        }

        private static HttpResponseMessage Status(int code) => new((HttpStatusCode)code) { Content = new StringContent("no") };

        private async Task<byte[]> Honest(Uri uri, CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            using var response = await base.SendAsync(request, cancellationToken);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
    }
}
