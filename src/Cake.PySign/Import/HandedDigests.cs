using System.Text;
using System.Text.Json;
using PySign.Formats;

namespace Cake.PySign.Import;

/// <summary>
/// What build jobs say of their files through the CI service: digests as <c>sha256sum</c> writes them. Job outputs and dotenv reports do
/// not pass through the artifact store, so that what was changed there is found. Nobody signed them; they are as good as the jobs are.
/// </summary>
internal sealed class HandedDigests
{
    private const int MaxCharacters = 4 * 1024 * 1024;

    private static readonly string[] _facts = ["job", "runner", "commit", "run"];

    private readonly Dictionary<string, HandedFile> _files = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Sha256, string Other)> _contradictions = [];
    private int _named;

    public bool Any => _files.Count > 0;

    public IEnumerable<HandedFile> Files => _files.Values;

    /// <summary>Files that were named twice, with two digests.</summary>
    public IReadOnlyList<(string Name, string Sha256, string Other)> Contradictions => _contradictions;

    public HandedFile? Of(string name) => _files.GetValueOrDefault(name);

    /// <exception cref="PySignException">A text is in no form that is known, or none names a file: what was to be compared would not
    /// be.</exception>
    public static HandedDigests Read(IEnumerable<string> texts)
    {
        var digests = new HandedDigests();
        foreach (var text in texts)
        {
            var before = digests._named;
            digests.Add(text);
            if (digests._named == before)
            {
                throw Invalid("at least one digest; an output of a job that was not set, or is not declared, is empty");
            }
        }

        return digests;
    }

    private void Add(string text)
    {
        if (text.Length > MaxCharacters)
        {
            throw Invalid($"at most {MaxCharacters} characters");
        }

        if (text.TrimStart().StartsWith('{'))
        {
            AddJson(text);
            return;
        }

        var tokens = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (tokens is [var only] && !Sha256Digest.TryParse(only, out _) && FromBase64(only) is { } decoded)
        {
            tokens = decoded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        }

        AddTokens(tokens);
    }

    // toJSON(needs.wheels.outputs): one value for each job of a matrix; those of other steps are not about files.
    private void AddJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            foreach (var output in document.RootElement.EnumerateObject())
            {
                if (output.Value.ValueKind != JsonValueKind.String)
                {
                    throw Invalid("a JSON object of texts");
                }

                AddOutput(output.Value.GetString() ?? "");
            }
        }
        catch (JsonException e)
        {
            throw Invalid("well-formed JSON", e);
        }
    }

    private void AddOutput(string value)
    {
        if (value.TrimStart().StartsWith('{'))
        {
            throw Invalid("texts, and no further JSON in them");
        }

        // A job has other outputs too, such as a version. Whatever looks as if it were about files is.
        var isOther = !value.Any(char.IsWhiteSpace) && value.Length < 64;
        if (!isOther)
        {
            Add(value);
        }
    }

    private void AddTokens(string[] tokens)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Split('=', 2) is [var key, { Length: > 0 } value] && _facts.Contains(key))
            {
                facts[key] = value;
                continue;
            }

            if (!Sha256Digest.TryParse(tokens[i], out var sha256) || i + 1 == tokens.Length)
            {
                throw Invalid("pairs of a SHA-256 digest and a file's name, as sha256sum writes them");
            }

            // A star marks a file that was read as binary; only the name counts, wherever the job had the file.
            var name = tokens[++i].TrimStart('*').Replace('\\', '/').Split('/')[^1];
            Add(
                new HandedFile(
                    name,
                    sha256,
                    facts.GetValueOrDefault("job"),
                    facts.GetValueOrDefault("runner"),
                    facts.GetValueOrDefault("commit"),
                    facts.GetValueOrDefault("run")
                )
            );
        }
    }

    private void Add(HandedFile file)
    {
        _named++;
        if (_files.TryGetValue(file.Name, out var known) && known.Sha256 != file.Sha256)
        {
            _contradictions.Add((file.Name, known.Sha256, file.Sha256));
            return;
        }

        _files[file.Name] = file;
    }

    private static string? FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }

    private static PySignException Invalid(string expected, Exception? inner = null) =>
        new(
            PySignFailure.InvalidSettings,
            $"What a build job said of its files (PYSIGN_DIGESTS) cannot be read; expected {expected}.",
            "Let the job write: sha256sum *.whl",
            inner
        );
}

/// <summary>A file as the job that built it named it.</summary>
internal sealed record HandedFile(string Name, Sha256Digest Sha256, string? Job, string? Runner, string? Commit, string? Run);
