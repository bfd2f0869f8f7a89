namespace PySign.Packaging.Acceptance;

/// <summary>The long description's type (core metadata, Description-Content-Type).</summary>
internal static class DescriptionType
{
    private static readonly string[] _types = ["text/plain", "text/x-rst", "text/markdown"];

    private static readonly string[] _variants = ["GFM", "CommonMark"];

    public static string? Problem(string value)
    {
        var parts = value.Split(';', StringSplitOptions.TrimEntries);
        if (!_types.Contains(parts[0].ToLowerInvariant(), StringComparer.Ordinal))
            return $"the type '{parts[0]}' is not one of {string.Join(", ", _types)}";
        var parameters = parts
            .Skip(1)
            .Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim('"'), StringComparer.Ordinal);
        if (parameters["charset"].FirstOrDefault() is { } charset && !charset.Equals("UTF-8", StringComparison.OrdinalIgnoreCase))
            return $"the charset '{charset}' is not UTF-8";
        var variant = parameters["variant"].FirstOrDefault();
        return
            variant is not null
            && parts[0].Equals("text/markdown", StringComparison.OrdinalIgnoreCase)
            && !_variants.Contains(variant, StringComparer.Ordinal)
            ? $"the Markdown variant '{variant}' is not one of {string.Join(", ", _variants)}"
            : null;
    }
}
