using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Common.Statements;

/// <summary>
/// One version of one Python project as a package URL (purl specification, type <c>pypi</c>): no namespace, the name normalized, everything
/// in the version that is not unreserved percent-encoded.
/// </summary>
internal static class PackageUrl
{
    private const string Scheme = "pkg:pypi/";

    public static string Of(ProjectName name, PythonVersion version) =>
        $"{Scheme}{name.Normalized}@{Uri.EscapeDataString(version.Normalized)}";

    /// <summary>Reads a package URL of a Python project that names a version and nothing beyond it; false for every other.</summary>
    public static bool TryParse(string text, out ProjectName? name, out PythonVersion? version)
    {
        name = null;
        version = null;
        if (!text.StartsWith(Scheme, StringComparison.Ordinal) || text.AsSpan().ContainsAny('?', '#'))
        {
            return false;
        }

        var parts = text[Scheme.Length..].Split('@');
        return parts.Length == 2
            && ProjectName.TryParse(Uri.UnescapeDataString(parts[0]), out name)
            && PythonVersion.TryParse(Uri.UnescapeDataString(parts[1]), out version);
    }
}
