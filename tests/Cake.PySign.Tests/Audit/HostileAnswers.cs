using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cake.PySign.Tests.Audit;

/// <summary>An index whose every answer a test writes.</summary>
internal sealed class HostileAnswers : HttpMessageHandler
{
    private readonly Dictionary<string, Func<HttpResponseMessage>> _answers = new(StringComparer.Ordinal);

    /// <summary>Paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    public void Answer(string path, string body, string contentType, HttpStatusCode status = HttpStatusCode.OK) =>
        Answer(
            path,
            () =>
            {
                var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
                return new HttpResponseMessage(status) { Content = content };
            }
        );

    public void Answer(string path, Func<HttpResponseMessage> answer) => _answers[path] = answer;

    /// <summary>A page of the JSON API with files as <c>(name, sha256, provenance)</c>.</summary>
    public void Page(string project, params (string Name, string Sha256, string? Provenance)[] files)
    {
        var page = new JsonObject
        {
            ["meta"] = new JsonObject { ["api-version"] = "1.4" },
            ["name"] = project,
            ["files"] = new JsonArray([
                .. files.Select(file => new JsonObject
                {
                    ["filename"] = file.Name,
                    ["url"] = $"http://localhost/files/{file.Name}",
                    ["hashes"] = new JsonObject { ["sha256"] = file.Sha256 },
                    ["provenance"] = file.Provenance,
                }),
            ]),
        };
        Answer($"/simple/{project}/", page.ToJsonString(), "application/vnd.pypi.simple.v1+json");
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            Asked.Add(request.RequestUri!.AbsolutePath);
        }

        return Task.FromResult(
            _answers.TryGetValue(request.RequestUri!.AbsolutePath, out var answer)
                ? answer()
                : new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("") }
        );
    }
}
