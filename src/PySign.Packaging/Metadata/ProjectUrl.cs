using System.Text;

namespace PySign.Packaging.Metadata;

/// <summary>A labeled URL of a project (well-known project URLs specification).</summary>
/// <param name="Label">The label as written, for example <c>Home Page</c>.</param>
/// <param name="Url">The URL as written.</param>
public sealed record ProjectUrl(string Label, string Url)
{
    /// <summary>The label in normal form: <c>homepage</c> for <c>Home Page</c>, <c>Homepage</c> and <c>home-page</c>.</summary>
    public string NormalizedLabel => NormalizeLabel(Label);

    /// <summary>Normalizes a label: ASCII punctuation and white space are dropped, the rest becomes lower case.</summary>
    public static string NormalizeLabel(string label)
    {
        var text = new StringBuilder(label.Length);
        foreach (var c in label)
        {
            if (!(char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c))) && !char.IsWhiteSpace(c))
                text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    // "Label, URL": the label holds no comma, the URL may.
    internal static ProjectUrl Parse(string value)
    {
        var comma = value.IndexOf(',', StringComparison.Ordinal);
        return comma < 0
            ? throw MetadataReader.Invalid($"Project-URL: {value}", "a label, a comma and a URL")
            : new ProjectUrl(value[..comma].Trim(), value[(comma + 1)..].Trim());
    }
}
