namespace Cake.PySign.Common;

/// <summary>Words of a command that a person copies into a shell.</summary>
internal static class ShellText
{
    public static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The word as it is, where a shell takes it so; else quoted.</summary>
    public static string Word(string word) => word.Length > 0 && word.All(IsPlain) ? word : Quoted(word);

    // Paths of Windows hold backslashes, which a shell elsewhere takes away.
    private static bool IsPlain(char c) =>
        char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,".Contains(c, StringComparison.Ordinal) || (c == '\\' && OperatingSystem.IsWindows());
}
