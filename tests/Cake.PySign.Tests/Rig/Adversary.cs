using System.Text;
using Cake.PySign.Consume;
using Microsoft.AspNetCore.Http;

namespace Cake.PySign.Tests.Rig;

/// <summary>What somebody can do who has the registry, and how its consumer must take it.</summary>
internal static class Adversary
{
    public static void Serve(this PublishedRelease published, string pathEnd, Func<HttpContext, Task> answer)
    {
        var next = published.Server.Intercept;
        published.Server.Intercept = async context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) || !context.Request.Path.Value!.EndsWith(pathEnd, StringComparison.Ordinal))
            {
                return next is not null && await next(context);
            }

            try
            {
                await answer(context);
            }
            catch (OperationCanceledException)
            {
                // The client hung up, as it should.
            }

            return true;
        };
    }

    public static void ServeIndex(this PublishedRelease published, params (string Name, string? Sha256)[] files) =>
        Serve(
            published,
            "/simple/hello-pysign/",
            async context =>
            {
                context.Response.ContentType = "text/html";
                var links = files.Select(file =>
                    $"<a href=\"{published.Server.PyPI}/files/{DigestOf(file.Name)}/{file.Name}"
                    + $"{(file.Sha256 is null ? "" : "#sha256=" + file.Sha256)}\">{file.Name}</a>"
                );
                await context.Response.WriteAsync($"<!DOCTYPE html><html><body>{string.Concat(links)}</body></html>");

                string DigestOf(string name) =>
                    published.Content.TryGetValue(name, out var content) ? SampleDistribution.Sha256(content) : new string('a', 64);
            }
        );

    public static Task LoginPage(HttpContext context)
    {
        context.Response.ContentType = "text/html";
        return context
            .Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes("<!DOCTYPE html><html><body><form action=\"/login\">Sign in</form></body></html>")
            )
            .AsTask();
    }

    /// <summary>The file has no address any more.</summary>
    public static void Drop(this PublishedRelease published, string name) =>
        published.Serve(
            $"/{name}",
            context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }
        );

    public static async Task RefusedAsync(this PublishedRelease published, string file, ReleaseFailure reason, string said)
    {
        var e = await EndsAsync<ReleaseVerificationException>(published);
        var problem = Assert.Single(e.Problems, problem => (problem.FileName, problem.Reason) == (file, reason));
        Assert.Contains(said, problem.Explanation, StringComparison.Ordinal);
        Assert.Contains(problem.Advice, e.Message, StringComparison.Ordinal);
    }

    public static async Task StoppedAsync(this PublishedRelease published, PySignFailure reason, string said)
    {
        var e = await EndsAsync<PySignException>(published);
        Assert.Equal(reason, e.Reason);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    public static void NothingStays(this PublishedRelease published) =>
        Assert.False(Directory.Exists(published.Settings.OutputDirectory!.FullPath));

    /// <summary>Neither inside the consumer's folder nor outside is anything written or changed.</summary>
    private static async Task<T> EndsAsync<T>(PublishedRelease published)
        where T : PySignException
    {
        var before = published.Snapshot();
        var e = await Assert.ThrowsAsync<T>(() => published.VerifyAsync());
        Assert.Equal(before, published.Snapshot());
        NothingStays(published);
        return e;
    }
}
