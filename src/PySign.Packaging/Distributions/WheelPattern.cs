using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Packaging.Distributions;

/// <summary>
/// What wheels a release is to have, as a person writes it: a compatibility tag (<c>cp312-cp312-manylinux*</c>, <c>py3-none-any</c>) or an
/// identifier of cibuildwheel (<c>cp312-manylinux_x86_64</c>), with <c>*</c>, <c>?</c> and <c>[…]</c>.
/// </summary>
public sealed class WheelPattern
{
    private const int MaxPatterns = 1000;

    // The last minor version that an abi3 wheel is assumed to serve: far enough, and a small number.
    private const int LastMinor = 40;

    private readonly Regex _regex;

    private WheelPattern(string text)
    {
        Text = text;
        _regex = new Regex(ToRegex(text), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
    }

    /// <summary>The pattern as written, its braces written out.</summary>
    public string Text { get; }

    /// <summary>Whether it names one interpreter on one platform, so that one wheel is expected and not several.</summary>
    public bool IsExact => Text.IndexOfAny(['*', '?', '[']) < 0;

    /// <summary>Reads patterns with commas or blanks between them; <c>{a,b}</c> stands for one pattern each.</summary>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.InvalidTag"/>: a pattern cannot be read, or they are too
    /// many.</exception>
    public static IReadOnlyList<WheelPattern> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var patterns = Split(text).SelectMany(one => Expand(one, text)).Take(MaxPatterns + 1).ToList();
        return patterns.Count > MaxPatterns
            ? throw Invalid(text, $"at most {MaxPatterns} patterns")
            : [.. patterns.Distinct(StringComparer.Ordinal).Select(one => new WheelPattern(Checked(one, text)))];
    }

    /// <summary>Whether a wheel is what the pattern asks for, by its own tags or because it serves such an interpreter too: a
    /// <c>cp39-abi3</c> wheel is what <c>cp312-win_amd64</c> asks for.</summary>
    public bool Covers(DistributionFileName wheel)
    {
        ArgumentNullException.ThrowIfNull(wheel);
        return IsOf(wheel) || wheel.Tags.SelectMany(Served).Any(_regex.IsMatch);
    }

    /// <summary>Whether a wheel is made for what the pattern names.</summary>
    public bool IsOf(DistributionFileName wheel)
    {
        ArgumentNullException.ThrowIfNull(wheel);
        return wheel.Tags.Any(tag => _regex.IsMatch(tag.ToString()) || _regex.IsMatch(Identifier(tag)));
    }

    /// <summary>The pattern as written.</summary>
    public override string ToString() => Text;

    /// <summary>The identifier that cibuildwheel has for what a tag is for, such as <c>cp313t-musllinux_aarch64</c>.</summary>
    public static string Identifier(WheelTag tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return $"{Interpreter(tag)}-{Platform(tag.Platform)}";
    }

    private static string Interpreter(WheelTag tag)
    {
        // graalpy311-graalpy250_311_native is gp311_250.
        if (tag.Python.StartsWith("graalpy", StringComparison.Ordinal) && tag.Abi.StartsWith("graalpy", StringComparison.Ordinal))
            return $"gp{tag.Python["graalpy".Length..]}_{tag.Abi["graalpy".Length..].Split('_')[0]}";
        return tag.Abi == tag.Python + "t" ? tag.Abi : tag.Python;
    }

    // Identifiers name the family and the architecture; the version of the C library or the system stands in the file's tag alone.
    private static string Platform(string tag)
    {
        foreach (var family in new[] { "manylinux", "musllinux", "macosx", "android", "ios", "pyodide", "pyemscripten" })
        {
            if (!tag.StartsWith(family, StringComparison.Ordinal))
                continue;
            var rest = tag[family.Length..].Split('_');
            var versions = rest.TakeWhile((part, i) => i == 0 || part.All(char.IsAsciiDigit)).Count();
            var name = family == "pyemscripten" ? "pyodide" : family;
            return string.Join('_', rest.Skip(versions).Prepend(name));
        }

        return tag;
    }

    private static IEnumerable<string> Served(WheelTag tag)
    {
        var platform = Platform(tag.Platform);
        var from =
            tag.Abi == "abi3" && tag.Python.StartsWith("cp3", StringComparison.Ordinal) ? Minor(tag.Python[3..])
            : tag is { Abi: "none", Python: "py3" or "py2.py3" } && tag.Platform != "any" ? 0
            : null;
        if (from is not { } first)
            yield break;
        for (var minor = first; minor <= LastMinor; minor++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"cp3{minor}-{platform}");
            if (tag.Abi == "none")
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"cp3{minor}t-{platform}");
                yield return string.Create(CultureInfo.InvariantCulture, $"pp3{minor}-{platform}");
            }
        }
    }

    private static int? Minor(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? minor : null;

    private static IEnumerable<string> Split(string text)
    {
        var (depth, current) = (0, new StringBuilder());
        foreach (var c in text)
        {
            depth += c switch
            {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if (depth == 0 && (c == ',' || char.IsWhiteSpace(c)))
            {
                if (current.Length > 0)
                    yield return current.ToString();
                current.Clear();
            }
            else if (!char.IsWhiteSpace(c))
            {
                current.Append(c);
            }
        }

        if (current.Length > 0)
            yield return current.ToString();
    }

    // The first pair of braces is written out, then what follows it: cp3{10,11}-{a,b} is four patterns.
    private static IEnumerable<string> Expand(string pattern, string whole)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        var close = pattern.IndexOf('}', StringComparison.Ordinal);
        if (open < 0 && close < 0)
            return [pattern];
        if (open < 0 || close < open || pattern.IndexOf('{', open + 1) is var inner && inner >= 0 && inner < close)
            throw Invalid(whole, "braces in pairs, and none inside another");
        return pattern[(open + 1)..close].Split(',').SelectMany(one => Expand(pattern[..open] + one + pattern[(close + 1)..], whole));
    }

    private static string Checked(string pattern, string whole)
    {
        if (pattern.Length > 200 || pattern.Any(c => !char.IsAsciiLetterOrDigit(c) && "_-.*?[]!".IndexOf(c, StringComparison.Ordinal) < 0))
            throw Invalid(whole, "patterns of letters, digits, '_', '-', '.', '*', '?', '[…]' and '{…,…}'");
        if (!HasWholeSets(pattern))
            throw Invalid(whole, "brackets in pairs with something in them, and ranges from the lower to the higher");
        if (pattern.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
            throw Invalid(whole, "tags such as cp312-cp312-manylinux*, without the project's name and without .whl");
        return pattern;
    }

    private static bool HasWholeSets(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == ']')
                return false;
            if (pattern[i] != '[')
                continue;
            var end = pattern.IndexOf(']', i);
            var set = end < 0 ? "" : pattern[(i + 1)..end].TrimStart('!');
            if (set.Length == 0 || set.Contains('[', StringComparison.Ordinal) || !HasRisingRanges(set))
                return false;
            i = end;
        }

        return true;
    }

    private static bool HasRisingRanges(string set)
    {
        for (var dash = set.IndexOf('-', 1); dash > 0 && dash + 1 < set.Length; dash = set.IndexOf('-', dash + 1))
        {
            if (set[dash - 1] > set[dash + 1])
                return false;
        }

        return true;
    }

    private static string ToRegex(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            var end = pattern[i] == '[' ? pattern.IndexOf(']', i + 1) : -1;
            if (end > i + 1)
            {
                var set = pattern[(i + 1)..end];
                regex.Append(set[0] == '!' ? $"[^{Regex.Escape(set.TrimStart('!'))}]" : $"[{Regex.Escape(set)}]");
                i = end;
                continue;
            }

            regex.Append(
                pattern[i] switch
                {
                    '*' => ".*",
                    '?' => ".",
                    var c => Regex.Escape(c.ToString()),
                }
            );
        }

        return regex.Append(@"\z").ToString();
    }

    private static PackagingException Invalid(string text, string expected) =>
        new(PackagingFailure.InvalidTag, text, expected, "Write for example cp312-manylinux_x86_64 or cp3{11,12}-cp3*-win_amd64.");
}
