namespace Cake.PySign.Common;

/// <summary>Words of a command that a person copies into a shell.</summary>
internal static class ShellText
{
    public static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
