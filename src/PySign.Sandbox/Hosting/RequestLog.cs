using System.Globalization;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Hosting;

/// <summary>The last requests, for tests and for a person who wonders: method, path and status, never a header, query or body.</summary>
internal sealed class RequestLog
{
    private const int Kept = 1000;
    private readonly Lock gate = new();
    private readonly Queue<(string Service, string Method, string Path, int Status)> lines = new();
    private readonly SortedDictionary<string, long> counters = new(StringComparer.Ordinal);

    public void Add(string? service, string method, string path, int status)
    {
        if (service is null)
        {
            return;
        }

        lock (gate)
        {
            lines.Enqueue((service, method, path, status));
            if (lines.Count > Kept)
            {
                lines.Dequeue();
            }

            var counter = string.Create(CultureInfo.InvariantCulture, $"{service} {method} {status}");
            counters[counter] = counters.GetValueOrDefault(counter) + 1;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            lines.Clear();
            counters.Clear();
        }
    }

    public JsonObject Counters()
    {
        lock (gate)
        {
            return new JsonObject(counters.Select(counter => KeyValuePair.Create<string, JsonNode?>(counter.Key, counter.Value)));
        }
    }

    public JsonArray Lines()
    {
        lock (gate)
        {
            return new JsonArray([
                .. lines.Select(line => new JsonObject
                {
                    ["service"] = line.Service,
                    ["method"] = line.Method,
                    ["path"] = line.Path,
                    ["status"] = line.Status,
                }),
            ]);
        }
    }
}
