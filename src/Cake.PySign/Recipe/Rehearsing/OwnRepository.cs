using System.Text.RegularExpressions;
using Cake.Core.IO;
using PySign.Packaging.Names;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>The repository that a rehearsal is played for: the remote named origin of the git checkout around the project, where it has
/// one.</summary>
/// <param name="Path"><c>owner/name</c>.</param>
/// <param name="IsGitHub">Whether the remote is on GitHub.</param>
internal sealed partial record OwnRepository(string Path, bool IsGitHub)
{
    /// <summary>Read from git's own file: no program has to be there.</summary>
    public static OwnRepository Of(DirectoryPath project, ProjectName name)
    {
        for (var folder = new DirectoryInfo(project.FullPath); folder is not null; folder = folder.Parent)
        {
            var config = System.IO.Path.Combine(folder.FullName, ".git", "config");
            if (File.Exists(config))
            {
                return Remote(File.ReadAllLines(config)) ?? Default(name);
            }
        }

        return Default(name);
    }

    internal static OwnRepository? Remote(IReadOnlyList<string> config)
    {
        var isOrigin = false;
        foreach (var line in config.Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                isOrigin = line == "[remote \"origin\"]";
            }
            else if (isOrigin && Url().Match(line) is { Success: true } match)
            {
                var (host, path) = (match.Groups["host"].Value, match.Groups["path"].Value);
                return new OwnRepository(
                    path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path,
                    host.Equals("github.com", StringComparison.OrdinalIgnoreCase)
                        || host.StartsWith("github.", StringComparison.OrdinalIgnoreCase)
                );
            }
        }

        return null;
    }

    private static OwnRepository Default(ProjectName name) => new($"acme/{name.Normalized}", IsGitHub: false);

    // https://host/owner/name.git, ssh://git@host:22/owner/name, git@host:owner/name.git
    [GeneratedRegex(
        @"^url\s*=\s*(?:[a-z+]+://(?:[^/@\s]*@)?(?<host>[^/:\s]+)(?::[0-9]+)?/|"
            + @"(?:[^@\s]+@)?(?<host>[^:/\s]+):)(?<path>[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+)/?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Url();
}
