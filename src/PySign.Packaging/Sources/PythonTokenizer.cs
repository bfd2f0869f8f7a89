using System.Buffers;

namespace PySign.Packaging.Sources;

/// <summary>
/// Takes Python source apart into statements (Python reference, "Lexical analysis"): enough to tell code from strings and comments, and to
/// know what stands at the module's top. Nothing is evaluated.
/// </summary>
internal sealed class PythonTokenizer
{
    private const string OperatorEnds = "=<>*/&|";

    private static readonly SearchValues<char> _prefixes = SearchValues.Create("rRbBuUfFtT");

    private readonly string _text;
    private readonly List<PythonStatement> _statements = [];
    private readonly Stack<int> _definitions = new();
    private List<PythonToken> _line = [];
    private int _at;
    private int _depth;
    private int _indent;

    private PythonTokenizer(string text) => _text = text;

    /// <summary>The statements in order, or null when a string or bracket never ends.</summary>
    public static IReadOnlyList<PythonStatement>? Read(string text)
    {
        var tokenizer = new PythonTokenizer(text);
        return tokenizer.ReadAll() ? tokenizer._statements : null;
    }

    private bool ReadAll()
    {
        // A UTF-8 byte order mark, read as Latin-1.
        if (_text.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal))
            _at = 3;
        MeasureIndent();
        while (_at < _text.Length)
        {
            if (!ReadNext())
                return false;
        }

        EndLine();
        return _depth == 0;
    }

    private bool ReadNext()
    {
        var c = _text[_at];
        switch (c)
        {
            case '\n':
                _at++;
                if (_depth == 0)
                    EndLine();
                return true;
            case '#':
                while (_at < _text.Length && _text[_at] != '\n')
                    _at++;
                return true;
            case '\\' when IsLineJoin():
                _at = _text.IndexOf('\n', _at) + 1;
                return true;
            case '"' or '\'':
                return ReadText(_at);
            case ' ' or '\t' or '\r' or '\f' or '\\':
                _at++;
                return true;
        }

        if (IsWord(c))
            return ReadWord();
        ReadOperator();
        return _depth >= 0;
    }

    private bool ReadWord()
    {
        var start = _at;
        while (_at < _text.Length && IsWord(_text[_at]))
            _at++;
        if (
            _at < _text.Length
            && _text[_at] is '"' or '\''
            && _at - start <= 3
            && _text.AsSpan(start, _at - start).IndexOfAnyExcept(_prefixes) < 0
        )
            return ReadText(start);
        Add(PythonTokenKind.Word, start, _depth);
        return true;
    }

    // In every form of string a backslash keeps the next character from ending it, raw strings included.
    private bool ReadText(int start)
    {
        var quote = _text[_at];
        var isLong = _at + 2 < _text.Length && _text[_at + 1] == quote && _text[_at + 2] == quote;
        _at += isLong ? 3 : 1;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\\')
            {
                _at += 2;
            }
            else if (c == quote && (!isLong || (_at + 2 < _text.Length && _text[_at + 1] == quote && _text[_at + 2] == quote)))
            {
                _at += isLong ? 3 : 1;
                Add(PythonTokenKind.Text, start, _depth);
                return true;
            }
            else if (c == '\n' && !isLong)
            {
                return false;
            }
            else
            {
                _at++;
            }
        }

        return false;
    }

    private void ReadOperator()
    {
        var start = _at++;
        switch (_text[start])
        {
            case '(' or '[' or '{':
                Add(PythonTokenKind.Operator, start, _depth++);
                return;
            case ')' or ']' or '}':
                Add(PythonTokenKind.Operator, start, --_depth);
                return;
            case ';' when _depth == 0:
                EndStatement();
                return;
            case '=' or '!' or '<' or '>' or '+' or '-' or '*' or '/' or '%' or '&' or '|' or '^' or '@' or ':':
                while (
                    _at < _text.Length
                    && (_text[_at] == '=' || (_text[_at] == _text[start] && OperatorEnds.Contains(_text[start], StringComparison.Ordinal)))
                )
                    _at++;
                break;
        }

        Add(PythonTokenKind.Operator, start, _depth);
    }

    private void Add(PythonTokenKind kind, int start, int depth) => _line.Add(new PythonToken(kind, start, _at, depth));

    private void EndLine()
    {
        EndStatement();
        MeasureIndent();
    }

    private void EndStatement()
    {
        if (_line.Count == 0)
            return;
        while (_definitions.Count > 0 && _definitions.Peek() >= _indent)
            _definitions.Pop();
        _statements.Add(new PythonStatement(_indent, _definitions.Count > 0, _line));
        if (_text.AsSpan(_line[0].Start, _line[0].End - _line[0].Start) is "def" or "class" or "async")
            _definitions.Push(_indent);
        _line = [];
    }

    private void MeasureIndent()
    {
        var end = _at;
        while (end < _text.Length && _text[end] is ' ' or '\t')
            end++;
        _indent = end - _at;
    }

    private bool IsLineJoin() =>
        _at + 1 < _text.Length && (_text[_at + 1] == '\n' || (_text[_at + 1] == '\r' && _at + 2 < _text.Length && _text[_at + 2] == '\n'));

    // Identifiers may hold letters beyond ASCII; read as Latin-1, all their bytes are above 0x7f.
    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or >= '\u0080';
}

/// <summary>What a piece of Python source is, as far as reading a version needs it.</summary>
internal enum PythonTokenKind
{
    /// <summary>A name, keyword or number.</summary>
    Word,

    /// <summary>A string literal with its prefix and quotes.</summary>
    Text,

    /// <summary>An operator or bracket; <c>==</c>, <c>+=</c>, <c>**</c> and the like are one.</summary>
    Operator,
}

/// <summary>One token: where it stands and how many brackets are open around it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Behind it.</param>
/// <param name="Depth">Open brackets; an opening bracket and its closing one have the depth outside of them.</param>
internal readonly record struct PythonToken(PythonTokenKind Kind, int Start, int End, int Depth);

/// <summary>One simple statement, or the header of a compound one.</summary>
/// <param name="Indent">Columns before the logical line it stands on.</param>
/// <param name="InDefinition">Whether it is inside of a function or class, whose names are not the module's.</param>
/// <param name="Tokens">Its tokens.</param>
internal sealed record PythonStatement(int Indent, bool InDefinition, IReadOnlyList<PythonToken> Tokens);
