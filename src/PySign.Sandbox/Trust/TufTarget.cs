using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Trust;

/// <summary>A file that the TUF repository hands out.</summary>
/// <param name="Name">Its name, without folders.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Usage">What Sigstore's older clients choose it by: Fulcio, CTFE, Rekor, TSA; null for files that are asked for by
/// name.</param>
/// <param name="Uri">The service that it belongs to.</param>
internal sealed record TufTarget(string Name, byte[] Content, string? Usage = null, string? Uri = null)
{
    public TufTarget(string name, string content, string? usage = null, string? uri = null)
        : this(name, Encoding.UTF8.GetBytes(content), usage, uri) { }

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>The path in a consistent snapshot.</summary>
    public string Path => $"targets/{Sha256}.{Name}";

    /// <summary>The entry in targets metadata, with the <c>custom</c> part of the public instance's.</summary>
    public JsonObject Describe()
    {
        var entry = new JsonObject
        {
            ["length"] = Content.Length,
            ["hashes"] = new JsonObject { ["sha256"] = Sha256 },
        };
        if (Usage is not null)
        {
            entry["custom"] = new JsonObject
            {
                ["sigstore"] = new JsonObject
                {
                    ["usage"] = Usage,
                    ["status"] = "Active",
                    ["uri"] = Uri,
                },
            };
        }

        return entry;
    }
}
