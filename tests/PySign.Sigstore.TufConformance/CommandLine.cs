namespace PySign.Sigstore.TufConformance;

/// <summary>The suite's command line: options and one command, in any order.</summary>
internal sealed record CommandLine(string Command, string? TrustedRoot, IReadOnlyDictionary<string, string> Options)
{
    private static readonly string[] _known = ["--metadata-dir", "--metadata-url", "--target-name", "--target-base-url", "--target-dir"];

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var words = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(arguments[i]);
            }
            else if (_known.Contains(arguments[i]) && i + 1 < arguments.Count)
            {
                options[arguments[i]] = arguments[++i];
            }
            else
            {
                throw new ArgumentException($"{arguments[i]} is not known, or has no value.");
            }
        }

        return words switch
        {
            ["init", var root] => new CommandLine("init", root, options),
            ["refresh" or "download"] => new CommandLine(words[0], null, options),
            _ => throw new ArgumentException("Expected one command: init TRUSTED_ROOT, refresh, or download."),
        };
    }

    public string this[string option] =>
        Options.TryGetValue(option, out var value) ? value : throw new ArgumentException($"{option} is missing.");
}
