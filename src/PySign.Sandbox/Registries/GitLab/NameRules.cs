using System.Text.RegularExpressions;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>Which names GitLab's registries take.</summary>
internal static partial class NameRules
{
    public static bool IsGenericPackageName(string value) => GenericName().IsMatch(value);

    public static bool IsGenericVersion(string value) => !value.Contains("..", StringComparison.Ordinal) && GenericVersion().IsMatch(value);

    public static bool IsGenericFileName(string value) => GenericFile().IsMatch(value);

    public static bool IsPyPiName(string value) => PackageName().IsMatch(value);

    /// <summary>PEP 440 as GitLab's own expression reads it: optional v, epoch, release, pre, post, dev, local.</summary>
    public static bool IsPyPiVersion(string value) => PyPiVersion().IsMatch(value);

    /// <summary>
    /// The name under which an uploaded file is stored (carrierwave's sanitizer): the base name, an underscore for everything but letters,
    /// digits and <c>_ . - +</c>. The file of a version with an epoch so gets a name that no installer can read.
    /// </summary>
    public static string Stored(string fileName)
    {
        var name = fileName.Replace('\\', '/');
        var plain = Unsafe().Replace(name[(name.LastIndexOf('/') + 1)..], "_");
        return plain.Length == 0 ? "unnamed"
            : plain.Trim('.').Length == 0 ? "_" + plain
            : plain;
    }

    [GeneratedRegex(@"[^\w.\-+]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\A[A-Za-z0-9._\-+]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GenericName();

    [GeneratedRegex(@"\A[A-Za-z0-9_+.\-]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GenericVersion();

    // '~' and '@' may stand inside a file name only.
    [GeneratedRegex(
        @"\A[A-Za-z0-9._\-+]([A-Za-z0-9._\-+~@]*[A-Za-z0-9._\-+])?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex GenericFile();

    [GeneratedRegex(@"\A@?[A-Za-z0-9_][A-Za-z0-9_.\-+/]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PackageName();

    [GeneratedRegex(
        @"\Av?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?[0-9]*)?(?:-[0-9]+|[-_.]?(?:post|rev|"
            + @"r)[-_.]?[0-9]*)?(?:[-_.]?dev[-_.]?[0-9]*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex PyPiVersion();
}
