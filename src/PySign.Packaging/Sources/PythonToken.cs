namespace PySign.Packaging.Sources;

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
