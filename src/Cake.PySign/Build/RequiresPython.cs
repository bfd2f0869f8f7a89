using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>Whether an interpreter's version is in a <c>Requires-Python</c>.</summary>
internal static class RequiresPython
{
    /// <summary>True when every clause allows it; a specifier that is not understood allows none.</summary>
    public static bool Allows(string specifiers, string version)
    {
        // A pre-release of an interpreter (3.14.0rc1) counts as its release, as pip counts it.
        var python = PythonVersion.Parse(string.Join('.', PythonVersion.Parse(version.TrimEnd('+')).Release));
        return VersionSpecifier.TryParse(specifiers, out var specifier) && specifier.Contains(python, allowPrereleases: true);
    }
}
