using System.Collections.Concurrent;
using System.Net;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Addresses with a part answer with a status, or not in time.</summary>
internal sealed class UnreadHandler(HttpMessageHandler inner, string part, int status, string message = "Project Not Found")
    : DelegatingHandler(inner)
{
    /// <summary>Another part of addresses.</summary>
    public string? Also { get; init; }

    public ConcurrentQueue<string> Seen { get; } = new();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Seen.Enqueue($"{request.Method} {request.RequestUri!.AbsoluteUri}");
        var path = request.RequestUri.AbsolutePath;
        if (!path.Contains(part, StringComparison.Ordinal) && (Also is null || !path.EndsWith(Also, StringComparison.Ordinal)))
        {
            return base.SendAsync(request, cancellationToken);
        }

        return status == 0
            ? Task.FromException<HttpResponseMessage>(new TaskCanceledException("too late", new TimeoutException()))
            : Task.FromResult(
                new HttpResponseMessage((HttpStatusCode)status)
                {
                    RequestMessage = request,
                    Content = new StringContent($"{{\"message\":\"{status} {message}\"}}"),
                }
            );
    }
}
