using System.IO.Enumeration;

namespace Cake.PySign.Build;

/// <summary>Files that a person has declared to belong in a distribution.</summary>
internal static class AllowedFiles
{
    /// <summary><c>*</c> stands for anything, slashes included, <c>?</c> for one character.</summary>
    public static bool Match(IEnumerable<string> patterns, string name) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
}
