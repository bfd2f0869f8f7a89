using System.Buffers;

namespace PySign.Packaging.Toml;

/// <summary>A position in the text and the grammar's smallest parts: white space, comments, line ends.</summary>
internal sealed class TomlScanner(string text, TomlVersion version)
{
    private const string Letters = " !#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    // Most of a document are comments and strings of these, which need no look at each character.
    private static readonly SearchValues<char> _inStrings = SearchValues.Create(Letters);
    private static readonly SearchValues<char> _inComments = SearchValues.Create(Letters + "\t\"'\\");

    private int _values;

    /// <summary>Whether what TOML 1.1 added is allowed.</summary>
    public bool Is11 { get; } = version == TomlVersion.V1_1;

    public string Text { get; } = text;

    public int At { get; set; }

    public bool AtEnd => At >= Text.Length;

    /// <summary>The character here, or NUL at the end; NUL itself is valid nowhere in TOML.</summary>
    public char Current => At < Text.Length ? Text[At] : '\0';

    public char Peek(int offset) => At + offset < Text.Length ? Text[At + offset] : '\0';

    public void SkipSpace()
    {
        while (At < Text.Length && Text[At] is ' ' or '\t')
            At++;
    }

    /// <summary>Skips a comment if there is one, up to its line end.</summary>
    public void SkipComment()
    {
        if (Current != '#' || AtEnd)
            return;
        for (At++; At < Text.Length; At++)
        {
            Skip(_inComments);
            if (AtEnd || IsLineEnd())
                return;
            CheckCharacter();
        }
    }

    /// <summary>Skips characters that mean themselves in every form of string.</summary>
    public void SkipLetters() => Skip(_inStrings);

    /// <summary>Skips one line end; false when there is none here.</summary>
    public bool SkipLineEnd()
    {
        if (!IsLineEnd())
            return false;
        At += Text[At] == '\r' ? 2 : 1;
        return true;
    }

    /// <summary>White space, comments and line ends between the items of an array.</summary>
    public void SkipSpaceCommentsAndLines()
    {
        do
        {
            SkipSpace();
            SkipComment();
        } while (SkipLineEnd());
    }

    public bool IsLineEnd() => Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    /// <summary>Refuses control characters other than tab, and halves of surrogate pairs; steps over the second half of a pair.</summary>
    public void CheckCharacter()
    {
        var c = Text[At];
        if (c is < ' ' and not '\t' or '\u007f')
        {
            throw Fail(
                TomlFailure.ControlCharacter,
                c == '\r'
                    ? "a carriage return must be followed by a line feed"
                    : $"the control character U+{(int)c:X4} must be written as an escape"
            );
        }

        if (!char.IsSurrogate(c))
            return;
        if (!char.IsHighSurrogate(c) || !char.IsLowSurrogate(Peek(1)))
            throw Fail(TomlFailure.InvalidEncoding, "half a surrogate pair is not a character");
        At++;
    }

    /// <summary>Counts a value or table that is about to be made.</summary>
    public void CountValue()
    {
        if (_values++ == TomlLimits.MaxValues)
            throw Fail(TomlFailure.TooLarge, $"the document has more than {TomlLimits.MaxValues} values and tables");
    }

    /// <summary>The error for whatever stands here instead of what was expected.</summary>
    public TomlException Unexpected(string expected)
    {
        if (AtEnd)
            return Fail(TomlFailure.UnexpectedEnd, $"expected {expected}, but the document ends");
        if (IsLineEnd())
            return Fail(TomlFailure.UnexpectedEnd, $"expected {expected}, but the line ends");
        if (Current is < ' ' and not '\t' or '\u007f')
            return Fail(TomlFailure.ControlCharacter, $"expected {expected}, found the control character U+{(int)Current:X4}");
        return Fail(TomlFailure.UnexpectedCharacter, $"expected {expected}, found '{Current}'");
    }

    public TomlException Fail(TomlFailure reason, string explanation) => FailAt(At, reason, explanation);

    public TomlException FailAt(int position, TomlFailure reason, string explanation) =>
        TomlException.At(Text, position, reason, explanation);

    private void Skip(SearchValues<char> plain)
    {
        var length = Text.AsSpan(At).IndexOfAnyExcept(plain);
        At = length < 0 ? Text.Length : At + length;
    }
}
