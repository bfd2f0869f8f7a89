using System.Net.Http.Headers;
using System.Text;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Tests.Rig;

/// <summary>twine's upload without Python: the same form, the same five attempts at a 5xx answer, the same words when it fails.</summary>
internal sealed class PlayedTwine(HttpMessageHandler handler) : IChildProcessRunner
{
    private const int Attempts = 5;

    /// <summary>Fields of the form that this twine sends otherwise, or, where null, not at all.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    /// <summary>The version that it says it is.</summary>
    public string Version { get; init; } = "4.0.2";

    /// <summary>The last command line; null before the first.</summary>
    public ChildProcessStart? Started { get; private set; }

    public async Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        if (FakeChildProcessRunner.Probe(start, Version) is { } probe)
        {
            return probe;
        }

        CommonSecrets.RequireNone(start);
        Started = start;
        var lines = new List<ChildProcessLine>();
        var repository = new Uri(start.Arguments[start.Arguments.ToList().IndexOf("--repository-url") + 1]);
        using var http = new HttpClient(handler, disposeHandler: false);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{start.Variables["TWINE_USERNAME"]}:{start.Variables["TWINE_PASSWORD"]}"))
        );
        var given = start
            .Arguments.SkipWhile(argument => argument != repository.AbsoluteUri)
            .Skip(1)
            .ToLookup(static path => path.EndsWith(".attestation", StringComparison.Ordinal));
        foreach (var path in given[false])
        {
            var attestations = start.Arguments.Contains("--attestations")
                ? given[true].Where(attestation => attestation.StartsWith(path, StringComparison.Ordinal)).ToList()
                : [];
            Say($"Uploading {System.IO.Path.GetFileName(path)}");
            try
            {
                if (await PostAsync(http, repository, path, attestations, cancellationToken) is { } refusal)
                {
                    Say(refusal);
                    return new ChildProcessResult(1, lines);
                }
            }
            catch (HttpRequestException e)
            {
                Say($"ERROR    ConnectionError: ('Connection aborted.', {e.Message})");
                return new ChildProcessResult(1, lines);
            }
        }

        return new ChildProcessResult(0, lines);

        void Say(string text)
        {
            lines.Add(new ChildProcessLine(false, text));
            start.OnLine?.Invoke(text);
        }
    }

    private async Task<string?> PostAsync(
        HttpClient http,
        Uri repository,
        string path,
        List<string> attestations,
        CancellationToken cancellationToken
    )
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            using var form = new MultipartFormDataContent();
            var fields = new Dictionary<string, string?>
            {
                ["name"] = "hello-pysign",
                ["version"] = System.IO.Path.GetFileName(path).Split('-')[1].Replace(".tar.gz", "", StringComparison.Ordinal),
                ["filetype"] = path.EndsWith(".whl", StringComparison.Ordinal) ? "bdist_wheel" : "sdist",
                ["sha256_digest"] = SampleDistribution.Sha256(bytes),
            };
            foreach (
                var (name, value) in fields
                    .Where(field => !Fields.ContainsKey(field.Key))
                    .Concat(Fields)
                    .Where(field => field.Value is not null)
            )
            {
                form.Add(new StringContent(value!), name);
            }

            form.Add(new ByteArrayContent(bytes), "content", System.IO.Path.GetFileName(path));
            if (attestations.Count > 0)
            {
                form.Add(new StringContent($"[{string.Join(',', attestations.Select(File.ReadAllText))}]"), "attestations");
            }

            using var answer = await http.PostAsync(repository, form, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return null;
            }

            if ((int)answer.StatusCode < 500 || attempt == Attempts)
            {
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                if (answer.Content.Headers.ContentLength is { } announced && Encoding.UTF8.GetByteCount(text) < announced)
                {
                    // As urllib3 2 does; half a refusal could be taken for another one.
                    throw new HttpRequestException(HttpRequestError.ResponseEnded, $"IncompleteRead({text.Length} bytes read)");
                }

                return $"INFO     {text}\nERROR    HTTPError: {(int)answer.StatusCode} {answer.ReasonPhrase} from {repository}";
            }
        }
    }
}
