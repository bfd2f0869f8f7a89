using System.Text;

namespace PySign.Packaging.Versions;

/// <summary>Finds the PEP 440 version nearest to a text that is not one, for the advice in an error. Never used instead of the
/// input.</summary>
internal static class VersionSuggestion
{
    public static string? Nearest(string version)
    {
        if (version.Length > 200)
            return null;
        var text = version.Trim().TrimStart('v', 'V');
        var digits = Math.Max(text.IndexOfAny(['-', '+', '_', ' ']), 0);
        var core = digits == 0 ? text : text[..digits];
        var rest = digits == 0 ? string.Empty : text[digits..];
        if (!PythonVersion.TryParse(core, out var release))
            return null;
        var segments = Segments(rest);

        // git describe: 1.2.3-5-gabc is five commits after 1.2.3.
        if (segments is [var distance, ['g', ..] commit] && IsNumber(distance))
            return $"{release.Normalized}.post{distance}+{commit}";
        if (segments.Count > 0 && segments[0] is "snapshot" or "dev" or "nightly")
            return $"{release.Normalized}.dev0";

        // Semantic versioning: phases with more than one number keep the first, the rest becomes a local label.
        for (var take = segments.Count; take > 0; take--)
        {
            var candidate = $"{core}-{string.Join('.', segments.Take(take))}";
            if (PythonVersion.TryParse(candidate, out var found))
            {
                var label = segments.Skip(take).ToList();
                return label.Count == 0 ? found.Normalized : $"{found.Normalized}+{string.Join('.', label)}";
            }
        }

        return segments.Count == 0 ? release.Normalized : $"{release.Normalized}+{string.Join('.', segments)}";
    }

    private static bool IsNumber(string segment) => segment.All(char.IsAsciiDigit);

    private static List<string> Segments(string rest)
    {
        var clean = new StringBuilder();
        foreach (var c in rest)
            clean.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '.');
        return [.. clean.ToString().Split('.', StringSplitOptions.RemoveEmptyEntries)];
    }
}
