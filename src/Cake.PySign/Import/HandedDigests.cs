using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cake.PySign.Import;

/// <summary>
/// What build jobs say of their files through the CI service: digests as <c>sha256sum</c> writes them. Job outputs and dotenv reports do
/// not pass through the artifact store, so that what was changed there is found. Nobody signed them; they are as good as the jobs are.
/// </summary>
internal sealed partial class HandedDigests
{
    private const int MaxCharacters = 4 * 1024 * 1024;

    private static readonly string[] _facts = ["job", "runner", "commit", "run"];

    private readonly Dictionary<string, HandedFile> _files = new(StringComparer.Ordinal);

    public bool Any => _files.Count > 0;

    public IEnumerable<HandedFile> Files => _files.Values;

    public HandedFile? Of(string name) => _files.GetValueOrDefault(name);

    /// <exception cref="PySignException">A text is in no form that is known, or two name one file with two digests.</exception>
    public static HandedDigests Read(IEnumerable<string> texts)
    {
        var digests = new HandedDigests();
        foreach (var text in texts)
        {
            digests.Add(text);
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
        if (tokens is [var only] && !Sha256().IsMatch(only) && FromBase64(only) is { } decoded)
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

                if (output.Value.GetString() is { Length: > 0 } value)
                {
                    Add(value.TrimStart().StartsWith('{') ? throw Invalid("texts, and no further JSON in them") : value);
                }
            }
        }
        catch (JsonException e)
        {
            throw Invalid("well-formed JSON", e);
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

            if (!Sha256().IsMatch(tokens[i]) || i + 1 == tokens.Length)
            {
                throw Invalid("pairs of a SHA-256 digest and a file's name, as sha256sum writes them");
            }

            // A star marks a file that was read as binary; only the name counts, wherever the job had the file.
            var name = tokens[++i].TrimStart('*').Replace('\\', '/').Split('/')[^1];
            Add(
                new HandedFile(
                    name,
                    tokens[i - 1].ToLowerInvariant(),
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
        if (_files.TryGetValue(file.Name, out var known) && known.Sha256 != file.Sha256)
        {
            throw new PySignException(
                PySignFailure.IncompleteRelease,
                $"Two build jobs made '{file.Name}', each with other bytes: {known.Sha256} and {file.Sha256}.",
                "Build each file in one job: a pure wheel and the sdist once, and not in every job of a matrix."
            );
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

    [GeneratedRegex(@"\A[0-9a-fA-F]{64}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Sha256();
}

/// <summary>A file as the job that built it named it.</summary>
internal sealed record HandedFile(string Name, string Sha256, string? Job, string? Runner, string? Commit, string? Run);
