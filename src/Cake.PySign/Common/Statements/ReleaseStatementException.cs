namespace Cake.PySign.Common.Statements;

/// <summary>A document is not a statement about one release. Internal: whoever reads it says of which file.</summary>
internal sealed class ReleaseStatementException(string expected, string found) : Exception($"expected {expected}, found {found}")
{
    public string Expected { get; } = expected;

    public string Found { get; } = found;
}
