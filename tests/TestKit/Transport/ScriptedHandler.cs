using System.Net;
using System.Text;

namespace PySign.TestKit;

/// <summary>Answers requests by a function and keeps what was asked, bodies included.</summary>
public sealed class ScriptedHandler(Func<ScriptedHandler.Seen, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public ScriptedHandler(Func<Seen, HttpResponseMessage> answer)
        : this((seen, _) => Task.FromResult(answer(seen))) { }

    public sealed record Seen(int Number, HttpMethod Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    public List<Seen> Requests { get; } = [];

    public static HttpResponseMessage Answer(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        var headers = request
            .Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        Seen seen;
        lock (Requests)
        {
            seen = new Seen(Requests.Count + 1, request.Method, request.RequestUri!, headers, body);
            Requests.Add(seen);
        }

        var response = await answer(seen, cancellationToken);
        response.RequestMessage = request;
        return response;
    }
}
