using System.Globalization;
using System.Numerics;

namespace PySign.Packaging.Versions;

/// <summary>
/// Reads every spelling PEP 440 permits ("Normalization"): case, a leading v, other words for the phases, other separators,
/// implicit numbers, white space around. Returns null for everything else.
/// </summary>
internal ref struct VersionReader
{
    // Longer than any real version; keeps big-integer work small.
    private const int MaxLength = 256;

    private static readonly string[] _postWords = ["post", "rev", "r"];

    private static readonly string[] _devWords = ["dev"];

    private static readonly (string Word, string Phase)[] _phases =
    [
        ("alpha", "a"),
        ("beta", "b"),
        ("preview", "rc"),
        ("pre", "rc"),
        ("rc", "rc"),
        ("a", "a"),
        ("b", "b"),
        ("c", "rc"),
    ];

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private VersionReader(ReadOnlySpan<char> text) => _text = text;

    public static VersionParts? Read(string version)
    {
        // str.strip() of the reference implementation: also form feed and vertical tab.
        var text = version.AsSpan().Trim(" \t\n\r\f\v");
        if (text.Length is 0 or > MaxLength)
            return null;
        Span<char> lower = stackalloc char[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAscii(text[i]))
                return null;
            lower[i] = char.ToLowerInvariant(text[i]);
        }

        var reader = new VersionReader(lower);
        var parts = reader.ReadParts();
        return reader._at == lower.Length ? parts : null;
    }

    private VersionParts? ReadParts()
    {
        _ = Accept("v");
        if (!Number(out var first))
            return null;
        var epoch = BigInteger.Zero;
        if (Accept("!"))
        {
            epoch = first;
            if (!Number(out first))
                return null;
        }

        var release = new List<BigInteger> { first };
        while (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
        {
            _at++;
            _ = Number(out var part);
            release.Add(part);
        }

        var pre = Pre();
        var post = Post();
        var dev = Suffix(_devWords);
        var local = Local();
        return local is null ? null : new VersionParts(epoch, release, pre, post, dev, local);
    }

    private (string Phase, BigInteger Number)? Pre()
    {
        var start = _at;
        SkipSeparator();
        foreach (var (word, phase) in _phases)
        {
            if (Accept(word))
                return (phase, ImplicitNumber());
        }

        _at = start;
        return null;
    }

    private BigInteger? Post()
    {
        // The implicit post-release: "1.0-1".
        if (_at + 1 < _text.Length && _text[_at] == '-' && char.IsAsciiDigit(_text[_at + 1]))
        {
            _at++;
            _ = Number(out var number);
            return number;
        }

        return Suffix(_postWords);
    }

    private BigInteger? Suffix(string[] words)
    {
        var start = _at;
        SkipSeparator();
        foreach (var word in words)
        {
            if (Accept(word))
                return ImplicitNumber();
        }

        _at = start;
        return null;
    }

    private List<string>? Local()
    {
        var segments = new List<string>();
        if (!Accept("+"))
            return segments;
        do
        {
            var start = _at;
            while (_at < _text.Length && char.IsAsciiLetterOrDigit(_text[_at]))
                _at++;
            if (_at == start)
                return null;
            var segment = _text[start.._at];
            segments.Add(segment.ContainsAnyExceptInRange('0', '9') ? segment.ToString() : WithoutZeros(segment));
        } while (SkipSeparator());
        return segments;
    }

    private static string WithoutZeros(ReadOnlySpan<char> digits)
    {
        var trimmed = digits.TrimStart('0');
        return trimmed.IsEmpty ? "0" : trimmed.ToString();
    }

    // The grammar of PEP 440's appendix takes a separator here even when no number follows: "1.0a.", "1.0a..dev1".
    private BigInteger ImplicitNumber()
    {
        SkipSeparator();
        _ = Number(out var number);
        return number;
    }

    private bool Number(out BigInteger number)
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        number = _at > start ? BigInteger.Parse(_text[start.._at], NumberStyles.None, CultureInfo.InvariantCulture) : BigInteger.Zero;
        return _at > start;
    }

    private bool SkipSeparator()
    {
        if (_at >= _text.Length || _text[_at] is not ('.' or '-' or '_'))
            return false;
        _at++;
        return true;
    }

    private bool Accept(string word)
    {
        if (!_text[_at..].StartsWith(word, StringComparison.Ordinal))
            return false;
        _at += word.Length;
        return true;
    }
}

/// <summary>A version taken apart. <c>Pre.Phase</c> is <c>a</c>, <c>b</c> or <c>rc</c>; local segments are in normal form.</summary>
internal sealed record VersionParts(
    BigInteger Epoch,
    IReadOnlyList<BigInteger> Release,
    (string Phase, BigInteger Number)? Pre,
    BigInteger? Post,
    BigInteger? Dev,
    IReadOnlyList<string> Local
);
