using System.Globalization;
using System.Text;
using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

/// <summary>Lock files in short: in a text, <c>$A</c> is a SHA-256 of sixty-four <c>a</c>; a package is one line
/// <c>name version kind[ location][ @revision] files</c>.</summary>
internal static class LockRows
{
    public static LockFile Parse(string fileName, string text, LockSelection? selection = null) =>
        LockFile.Parse(fileName, Encoding.UTF8.GetBytes(Expand(text)), selection);

    public static string Expand(string text)
    {
        foreach (var digit in "ABCDEF")
            text = text.Replace($"${digit}", new string(char.ToLowerInvariant(digit), 64), StringComparison.Ordinal);
        return text;
    }

    public static string Of(LockFile lockFile) => string.Join('\n', lockFile.Packages.Select(Of));

    public static string Of(LockedPackage package)
    {
        var source = package.Source;
        var text = new StringBuilder(package.Name.Normalized);
        text.Append(CultureInfo.InvariantCulture, $" {package.Version ?? "-"} {source.Kind}");
        text.Append(source.Location is null ? "" : " " + source.Location);
        text.Append(source.Revision is null ? "" : " @" + source.Revision[..Math.Min(7, source.Revision.Length)]);
        var files = package.Files.Select(file =>
            file.Sha256 is { } sha256 ? sha256.Hex[..1].ToUpperInvariant()
            : file.OtherHash ? "other"
            : "none"
        );
        text.Append(package.Files.Count == 0 ? "" : $" [{string.Join(' ', files)}]");
        return text.ToString();
    }

    /// <summary>The rows, or the reason of a refusal.</summary>
    public static string Read(string fileName, string text, LockSelection? selection = null)
    {
        try
        {
            return Of(Parse(fileName, text, selection));
        }
        catch (PackagingException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            return e.Reason.ToString();
        }
    }

    public static void Check(string fileName, (string Title, string Text, string Rows)[] cases)
    {
        var wrong = string.Join(
            '\n',
            cases
                .Select(one => (one.Title, one.Rows, Found: Read(fileName, one.Text)))
                .Where(one => one.Rows != one.Found)
                .Select(one => $"{one.Title}:\nexpected\n{one.Rows}\nfound\n{one.Found}\n")
        );
        Assert.True(wrong.Length == 0, wrong);
        Assert.True(cases.Length >= 20, $"{cases.Length} cases");
    }
}
