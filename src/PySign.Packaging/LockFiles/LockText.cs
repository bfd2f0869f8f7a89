using System.Buffers;
using System.Text.RegularExpressions;
using PySign.Formats;
using PySign.Packaging.Names;

namespace PySign.Packaging.LockFiles;

/// <summary>Values that several forms write in the same way.</summary>
internal static partial class LockText
{
    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>An address without credentials, query and fragment.</summary>
    public static string Clean(string address)
    {
        var text = Credentials().Replace(address, "$1");
        var end = text.IndexOfAny(['?', '#']);
        return end < 0 ? text : text[..end];
    }

    /// <summary>What two spellings of one index have in common.</summary>
    public static string IndexKey(string index) =>
        Uri.TryCreate(Clean(index), UriKind.Absolute, out var uri) ? uri.AbsoluteUri.TrimEnd('/') : Clean(index).TrimEnd('/');

    /// <summary>A hash as <c>ALGORITHM:HEX</c>.</summary>
    public static LockedFile Hashed(string? fileName, string hash, int line)
    {
        var colon = hash.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == hash.Length - 1 || hash.AsSpan(colon + 1).ContainsAnyExcept(_hex))
            throw Invalid(hash, "a hash such as sha256:ab12…", line);
        return Hashed(fileName, hash[..colon], hash[(colon + 1)..], line);
    }

    public static LockedFile Hashed(string? fileName, string algorithm, string hex, int line)
    {
        if (!algorithm.Equals("sha256", StringComparison.OrdinalIgnoreCase))
            return new LockedFile(fileName, null, line, OtherHash: true);
        return Sha256Digest.TryParse(hex, out var sha256)
            ? new LockedFile(fileName, sha256, line)
            : throw Invalid($"sha256:{hex}", "a SHA-256 of 64 hexadecimal digits", line);
    }

    /// <summary>The file name that an address or path ends with; null where it has none.</summary>
    public static string? LastPart(string address)
    {
        var path = Clean(address).Replace('\\', '/').TrimEnd('/');
        var name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return name.Length is 0 or > 255 ? null : name;
    }

    public static ProjectName Name(string text, int line) =>
        ProjectName.TryParse(text, out var name) ? name : throw Invalid(text, "a project name", line);

    public static PackagingException Invalid(string input, string expected, int line, Exception? inner = null) =>
        new(
            PackagingFailure.InvalidLockFile,
            line > 0 ? $"line {line}: {input}" : input,
            expected,
            "Lock the project again with the program that wrote the file.",
            inner
        );

    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Credentials();
}
