using System.Text.Json;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Common.Statements;

/// <summary>
/// Reads a release statement strictly. The in-toto specification lets readers pass over fields that they do not know; those that say which
/// files are meant must be there, once, and mean one thing.
/// </summary>
internal static class ReleaseStatementReader
{
    private const int Depth = 64;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = Depth };

    public static ReleaseStatement Read(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, _strict);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            throw new ReleaseStatementException("well-formed JSON without repeated names", "something else");
        }
        catch (InvalidOperationException)
        {
            // Text that is not Unicode.
            throw new ReleaseStatementException("JSON with Unicode text", "something else");
        }
    }

    private static ReleaseStatement Read(JsonElement root)
    {
        Require(root, "_type", "https://in-toto.io/Statement/v1");
        Require(root, "predicateType", ReleaseStatement.PredicateType);
        var purl = Text(Member(root, "predicate"), "purl");
        if (!PackageUrl.TryParse(purl, out var name, out var version))
        {
            throw new ReleaseStatementException("a purl such as pkg:pypi/hello-pysign@1.0.0", $"\"{Short(purl)}\"");
        }

        return Read(Member(root, "subject"), name!, version!);
    }

    private static ReleaseStatement Read(JsonElement subjects, ProjectName name, PythonVersion version)
    {
        if (subjects.ValueKind != JsonValueKind.Array || subjects.GetArrayLength() == 0)
        {
            throw new ReleaseStatementException("at least one subject", "none");
        }

        var files = new List<KeyValuePair<string, string>>();
        foreach (var subject in subjects.EnumerateArray())
        {
            var digest = Text(Member(subject, "digest"), "sha256");
            if (digest.Length != 64 || !digest.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f'))
            {
                throw new ReleaseStatementException("SHA-256 digests of 64 lower-case hexadecimal digits", $"\"{Short(digest)}\"");
            }

            files.Add(new(Text(subject, "name"), digest));
        }

        new ReleaseStatement(name, version, new Dictionary<string, string>(StringComparer.Ordinal)).RequireNames(
            files.Select(file => file.Key)
        );
        return new ReleaseStatement(
            name,
            version,
            new SortedDictionary<string, string>(files.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal)
        );
    }

    private static void Require(JsonElement root, string member, string expected)
    {
        if (Text(root, member) is var found && found != expected)
        {
            throw new ReleaseStatementException($"{member} {expected}", $"\"{Short(found)}\"");
        }
    }

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value
            : throw new ReleaseStatementException($"a member {name}", "none");

    private static string Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value
            ? value.GetString()!
            : throw new ReleaseStatementException($"text in {name}", "something else");

    private static string Short(string text) => text.Length > 100 ? text[..100] + "…" : text;
}
