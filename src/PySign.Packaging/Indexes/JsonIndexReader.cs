using System.Text.Json;

namespace PySign.Packaging.Indexes;

/// <summary>The JSON form of a project page (PEP 691).</summary>
internal static class JsonIndexReader
{
    // Duplicate keys: two readers could see two different digests.
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static SimpleIndex Read(ReadOnlyMemory<byte> json, Uri baseUri)
    {
        var builder = new SimpleIndexBuilder(baseUri);
        try
        {
            using var document = JsonDocument.Parse(json, _options);
            var root = Require(document.RootElement, JsonValueKind.Object, "the answer");
            CheckVersion(root);
            builder.ApiVersion = OptionalText(Member(root, "meta", JsonValueKind.Object), "api-version");
            builder.Status =
                root.TryGetProperty("project-status", out var status) && status.ValueKind == JsonValueKind.Object
                    ? OptionalText(status, "status")
                    : null;
            foreach (var file in Member(root, "files", JsonValueKind.Array).EnumerateArray())
                Add(builder, Require(file, JsonValueKind.Object, "files"));
            return builder.Build(OptionalText(root, "name"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw SimpleIndexBuilder.Invalid("simple index", "the JSON form of PEP 691", error);
        }
    }

    // "Clients MUST fail on a greater major version" (PEP 629 and 691).
    private static void CheckVersion(JsonElement root)
    {
        var version = OptionalText(Member(root, "meta", JsonValueKind.Object), "api-version");
        if (version is null || !version.StartsWith("1.", StringComparison.Ordinal))
            throw SimpleIndexBuilder.Invalid($"api-version {version}", "api-version 1.x");
    }

    // pip names a file by its URL and asks for nothing else; uv takes the file name. Whoever differs makes the entry unclear.
    private static void Add(SimpleIndexBuilder builder, JsonElement file)
    {
        if (!file.TryGetProperty("url", out var url) || url.ValueKind != JsonValueKind.String)
            throw SimpleIndexBuilder.Invalid("url", "this key for every file");
        var link = IndexLink.Read(url.GetString()!, builder.BaseUri);
        if (file.TryGetProperty("filename", out var name) && name.ValueKind == JsonValueKind.String)
            link.AlsoNamed(name.GetString()!);
        else
            link.Doubt();
        builder.Add(link, Facts(file, builder.KnowsProvenance));
    }

    private static LinkFacts Facts(JsonElement file, bool knowsProvenance)
    {
        var wellFormed = file.TryGetProperty("hashes", out var hashes) && hashes.ValueKind == JsonValueKind.Object;
        string? sha256 = null;
        if (wellFormed && hashes.TryGetProperty("sha256", out var digest))
            sha256 = digest.ValueKind == JsonValueKind.String ? digest.GetString() : "";
        wellFormed &= Yanked(file, out var yanked) & Text(file, "requires-python", out var requires);
        return new LinkFacts
        {
            IsWellFormed = wellFormed,
            Sha256 = sha256,
            RequiresPython = requires,
            Yanked = yanked,
            HasMetadata = Announces(file, "core-metadata") || Announces(file, "dist-info-metadata"),
            Extras = Extras(file, knowsProvenance),
        };
    }

    // "null" is the index's word that there is none; a key that is not there is no word (PEP 740).
    private static SimpleIndexExtras Extras(JsonElement file, bool knowsProvenance) =>
        new(
            OptionalText(file, "provenance"),
            file.TryGetProperty("provenance", out var given) && (knowsProvenance || given.ValueKind == JsonValueKind.String),
            file.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes)
                ? bytes
                : null,
            UploadTime(file)
        );

    // PEP 700: in UTC. One without a zone would be read in that of this machine.
    private static DateTimeOffset? UploadTime(JsonElement file)
    {
        if (
            !file.TryGetProperty("upload-time", out var time)
            || time.ValueKind != JsonValueKind.String
            || !time.TryGetDateTimeOffset(out var at)
        )
        {
            return null;
        }

        return time.TryGetDateTime(out var plain) && plain.Kind == DateTimeKind.Unspecified
            ? new DateTimeOffset(plain, TimeSpan.Zero)
            : at.ToUniversalTime();
    }

    private static bool Announces(JsonElement file, string key) =>
        file.TryGetProperty(key, out var value) && value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null);

    private static bool Yanked(JsonElement file, out string? reason)
    {
        reason = null;
        if (!file.TryGetProperty("yanked", out var yanked))
            return true;
        if (yanked.ValueKind == JsonValueKind.String)
            reason = yanked.GetString();
        else if (yanked.ValueKind == JsonValueKind.True)
            reason = string.Empty;
        return yanked.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False;
    }

    private static bool Text(JsonElement file, string key, out string? text)
    {
        text = null;
        if (!file.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;
        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }

    private static string? OptionalText(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? Require(value, JsonValueKind.String, name).GetString()
            : null;

    private static JsonElement Member(JsonElement element, string name, JsonValueKind kind) =>
        element.TryGetProperty(name, out var value)
            ? Require(value, kind, name)
            : throw SimpleIndexBuilder.Invalid(name, "this key in the answer");

    private static JsonElement Require(JsonElement element, JsonValueKind kind, string name) =>
        element.ValueKind == kind ? element : throw SimpleIndexBuilder.Invalid(name, $"a JSON {kind}");
}
