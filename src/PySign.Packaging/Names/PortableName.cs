namespace PySign.Packaging.Names;

/// <summary>
/// Names that mean one file, and the same file, on every system. Windows takes <c>a.</c> and <c>a </c> for <c>a</c>, <c>a:b</c> for a
/// stream of <c>a</c>, and <c>nul</c>, <c>con.txt</c> and their like for devices in every folder (learn.microsoft.com, Naming Files,
/// Paths, and Namespaces).
/// </summary>
public static class PortableName
{
    private static readonly HashSet<string> _devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        "CONIN$",
        "CONOUT$",
        "CLOCK$",
    };

    /// <summary>Whether a text is one plain file name on every system.</summary>
    /// <param name="name">The name, without folders.</param>
    public static bool IsPortable(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 255
            && name[^1] is not ('.' or ' ')
            && name[0] != ' '
            && !name.Any(static c => char.IsControl(c) || c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            && !IsDevice(name);
    }

    // Whatever follows the first dot, and blanks before it, make no difference; nor do superscript digits.
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ');
        return _devices.Contains(stem)
            || (
                stem.Length == 4
                && stem[..3].ToUpperInvariant() is "COM" or "LPT"
                && stem[3] is (>= '0' and <= '9') or '\u00b9' or '\u00b2' or '\u00b3'
            );
    }
}
