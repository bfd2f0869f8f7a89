using System.Text.RegularExpressions;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>The repository that a rehearsal is played for: that of the remote.</summary>
/// <param name="Path"><c>owner/name</c>.</param>
/// <param name="Host">Where the remote is; <see langword="null"/> for a repository that has none.</param>
internal sealed partial record OwnRepository(string Path, string? Host)
{
    /// <summary>Whether the remote is on GitHub.</summary>
    public bool IsGitHub =>
        Host is not null
        && (
            Host.Equals("github.com", StringComparison.OrdinalIgnoreCase) || Host.StartsWith("github.", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The last part of the path, which CI services call the checkout after.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The remote named origin in the lines of git's own file.</summary>
    public static OwnRepository? Remote(IReadOnlyList<string> config)
    {
        var isOrigin = false;
        foreach (var line in config.Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                isOrigin = line == "[remote \"origin\"]";
            }
            else if (
                isOrigin
                && line.StartsWith("url", StringComparison.Ordinal)
                && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            )
            {
                return Parse(line[(at + 1)..]);
            }
        }

        return null;
    }

    /// <summary>Reads a remote's address; <see langword="null"/> where it is not one of a server with owners and names.</summary>
    public static OwnRepository? Parse(string url)
    {
        if (Url().Match(url.Trim()) is not { Success: true } match)
        {
            return null;
        }

        var path = match.Groups["path"].Value;
        return new OwnRepository(path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path, match.Groups["host"].Value);
    }

    // https://host/owner/name.git, ssh://git@host:22/owner/name, git@host:owner/name.git
    [GeneratedRegex(
        @"^(?:[a-z+]+://(?:[^/@\s]*@)?(?<host>[^/:\s]+)(?::[0-9]+)?/|"
            + @"(?:[^@\s/]+@)?(?<host>[^:/\s]{2,}):)(?<path>[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+)/?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Url();
}
