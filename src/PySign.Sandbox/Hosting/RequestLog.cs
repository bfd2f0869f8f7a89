using System.Globalization;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Hosting;

/// <summary>The last requests, for tests and for a person who wonders: method, path and status, never a header, query or body.</summary>
internal sealed class RequestLog
{
    private const int Kept = 1000;
    private readonly Lock _gate = new();
    private readonly Queue<(string Service, string Method, string Path, int Status)> _lines = new();
    private readonly SortedDictionary<string, long> _counters = new(StringComparer.Ordinal);

    public void Add(string? service, string method, string path, int status)
    {
        if (service is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Enqueue((service, method, path, status));
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }

            var counter = string.Create(CultureInfo.InvariantCulture, $"{service} {method} {status}");
            _counters[counter] = _counters.GetValueOrDefault(counter) + 1;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _lines.Clear();
            _counters.Clear();
        }
    }

    public JsonObject Counters()
    {
        lock (_gate)
        {
            return new JsonObject(_counters.Select(counter => KeyValuePair.Create<string, JsonNode?>(counter.Key, counter.Value)));
        }
    }

    public JsonArray Lines()
    {
        lock (_gate)
        {
            return new JsonArray([
                .. _lines.Select(line => new JsonObject
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
