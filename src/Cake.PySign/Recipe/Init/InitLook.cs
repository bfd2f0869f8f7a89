using System.Text.RegularExpressions;
using Cake.Core.IO;
using Cake.PySign.Recipe.Rehearsing;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Init;

/// <summary>What <c>PySign-Init</c> sees of a repository.</summary>
/// <param name="Root">The top of the work tree, where build.cake and the CI files belong; without git the folder itself.</param>
/// <param name="Project">The Python project below it, with forward slashes; <c>.</c> at the top.</param>
/// <param name="Flavor">The CI service and where the release goes; null when there is no remote that says it.</param>
internal sealed partial record InitLook(string Root, string Project, RehearsedAs? Flavor)
{
    private const int MaxDepth = 3;

    private static readonly string[] _marks = ["pyproject.toml", "setup.py", "setup.cfg"];
    private static readonly string[] _notProjects =
    [
        "node_modules",
        "venv",
        "build",
        "dist",
        "tools",
        "artifacts",
        "consumer",
        "tests",
        "docs",
    ];

    /// <summary>Whether the repository holds more than the project: tags then name the project too.</summary>
    public bool IsMonorepo => Project != ".";

    public string TagPattern =>
        IsMonorepo && NotInTags().Replace(Project[(Project.LastIndexOf('/') + 1)..], "-").Trim('-', '.') is { Length: > 0 } name
            ? $"{name}-v{{version}}"
            : "v{version}";

    /// <param name="folder">Where the script runs.</param>
    /// <param name="project">The project that was asked for; <c>.</c> looks for one.</param>
    /// <param name="asked">The flavor that was asked for, or null.</param>
    /// <exception cref="PySignException">There is no Python project, or more than one.</exception>
    public static InitLook At(DirectoryPath folder, DirectoryPath project, string? asked)
    {
        var root = RootOf(folder.FullPath);
        var found = project.FullPath is "." ? FindProject(root) : Below(root, project.MakeAbsolute(folder).FullPath);
        var flavor = asked is { Length: > 0 } ? Named(asked) : FlavorOf(root, IoPath.Combine(root, found));
        return new InitLook(root, found, flavor);
    }

    private static string RootOf(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
        {
            if (IoPath.Exists(IoPath.Combine(current.FullName, ".git")))
            {
                return current.FullName;
            }
        }

        return folder;
    }

    private static string FindProject(string root)
    {
        if (IsProject(root))
        {
            return ".";
        }

        var projects = Below(new DirectoryInfo(root), MaxDepth).Where(IsProject).Select(one => Below(root, one)).ToList();
        if (projects.Count == 1)
        {
            return projects[0];
        }

        var found =
            projects.Count == 0
                ? $"No Python project is in '{root}': {string.Join(", ", _marks)} are neither there nor up to {MaxDepth} folders below."
                : $"'{root}' has {projects.Count} Python projects: {string.Join(", ", projects.Take(10))}.";
        throw new PySignException(PySignFailure.MissingFile, found, "Name the project's folder with --project=DIR.");
    }

    // Links are not followed: what they lead to belongs somewhere else.
    private static IEnumerable<string> Below(DirectoryInfo folder, int depth)
    {
        var folders = folder
            .EnumerateDirectories()
            .Where(one => one.LinkTarget is null && !one.Name.StartsWith('.') && !_notProjects.Contains(one.Name, StringComparer.Ordinal))
            .OrderBy(one => one.Name, StringComparer.Ordinal);
        foreach (var one in folders)
        {
            yield return one.FullName;
            foreach (var further in depth > 1 && !IsProject(one.FullName) ? Below(one, depth - 1) : [])
            {
                yield return further;
            }
        }
    }

    // A pyproject.toml may hold settings of tools alone.
    private static bool IsProject(string folder) =>
        _marks.Any(name =>
            new FileInfo(IoPath.Combine(folder, name)) is { Exists: true, Length: > 0 }
            && (name != _marks[0] || Table().IsMatch(ReadStart(folder, name)))
        );

    private static string ReadStart(string folder, string name)
    {
        using var reader = new StreamReader(IoPath.Combine(folder, name));
        var start = new char[256 * 1024];
        return new string(start, 0, reader.ReadBlock(start));
    }

    private static string Below(string root, string folder)
    {
        var relative = IoPath.GetRelativePath(root, folder).Replace('\\', '/').TrimEnd('/');
        return relative.StartsWith("..", StringComparison.Ordinal) || IoPath.IsPathRooted(relative)
            ? throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The project '{folder}' is not below the repository '{root}'.",
                "Run PySign-Init in the repository that has the project."
            )
            : relative;
    }

    private static RehearsedAs Named(string asked) =>
        Enum.TryParse<RehearsedAs>(asked.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var flavor)
        && Enum.IsDefined(flavor)
        && !char.IsAsciiDigit(asked[0])
            ? flavor
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"No CI files are known for '{asked}'.",
                "Use --init-as with gitlab, gitlab-pypi, github or github-pypi."
            );

    /// <summary>GitHub has no registry for Python packages: its projects go to PyPI unless they say that they are private.</summary>
    private static RehearsedAs? FlavorOf(string root, string project)
    {
        if (ConfigOf(root) is not { } config || OwnRepository.Remote(File.ReadAllLines(config)) is not { } repository)
        {
            return null;
        }

        var description = IoPath.Combine(project, _marks[0]);
        var isPrivate = File.Exists(description) && ReadStart(project, _marks[0]).Contains("Private ::", StringComparison.Ordinal);
        return (repository.IsGitHub, isPrivate) switch
        {
            (true, false) => RehearsedAs.GitHubPyPi,
            (true, true) => RehearsedAs.GitHub,
            _ => IsGitLab(root, config) ? RehearsedAs.GitLab : null,
        };
    }

    // A server of one's own may have any name; then its CI file, or the person, says what it is.
    private static bool IsGitLab(string root, string config) =>
        File.Exists(IoPath.Combine(root, ".gitlab-ci.yml")) || GitLabHost().IsMatch(File.ReadAllText(config));

    /// <summary>git's configuration; that of a second work tree lies with the first.</summary>
    private static string? ConfigOf(string root)
    {
        var git = IoPath.Combine(root, ".git");
        if (File.Exists(git))
        {
            var named = File.ReadAllText(git).Trim();
            var own = named.StartsWith("gitdir: ", StringComparison.Ordinal) ? IoPath.GetFullPath(named[8..], root) : "";
            var common = IoPath.Combine(own, "commondir");
            git = File.Exists(common) ? IoPath.GetFullPath(File.ReadAllText(common).Trim(), own) : own;
        }

        var config = IoPath.Combine(git, "config");
        return File.Exists(config) ? config : null;
    }

    // git takes no blank and no pattern in a tag, and CI files have patterns of tags.
    [GeneratedRegex(@"[^A-Za-z0-9_.]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NotInTags();

    [GeneratedRegex(
        @"^\[(project|build-system|tool\.poetry|tool\.flit\.metadata)\]",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Table();

    [GeneratedRegex(
        @"^\s*url\s*=\s*\S*?(//|@)[^/:\s]*gitlab[^/:\s]*[:/]",
        RegexOptions.Multiline
            | RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.ExplicitCapture
            | RegexOptions.NonBacktracking
    )]
    private static partial Regex GitLabHost();
}
