using System.Reflection;
using Cake.Core;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Recipe.Rehearsing;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Init;

/// <summary>
/// <c>PySign-Init</c>: writes what a release of this repository needs and is not there. What exists is changed only where
/// <c>--init-overwrite</c> names it; until then it says what it would change. Run again, it has nothing to do.
/// </summary>
internal static class InitStage
{
    public static void Run(ICakeContext context, ReleaseOptions options) =>
        Run(context, options, context.Arguments.GetArgument("init-as"), context.Arguments.GetArgument("init-overwrite"));

    /// <param name="context">Where the script runs.</param>
    /// <param name="options">The parameters of the release: its project, and whether nothing is to be written.</param>
    /// <param name="flavor">The CI service that was asked for, or null.</param>
    /// <param name="overwrite">Names of files with commas between them, or <c>all</c>.</param>
    internal static void Run(ICakeContext context, ReleaseOptions options, string? flavor, string? overwrite)
    {
        var log = SafeLog.For(context);
        var look = InitLook.At(context.Environment.WorkingDirectory, options.ProjectDirectory, flavor);
        log.Information($"{look.Root}: project {look.Project}, tags {look.TagPattern}, {Describe(look.Flavor)}");
        var files = new InitFiles(look, OwnVersion()).All().ToList();
        RefuseLinks(look, files);
        var asked = Asked(overwrite, files);
        foreach (var file in files)
        {
            Apply(log, look, file, asked.Contains(file.Path), options.DryRun);
        }

        if (files.Where(file => file.NeedsAsking && !asked.Contains(file.Path)).Select(file => file.Path).ToList() is { Count: > 0 } left)
        {
            log.Warning($"Left as they are: {string.Join(", ", left)}. --init-overwrite={string.Join(',', left)} changes them.");
        }

        foreach (var line in Next(look))
        {
            log.Information(line);
        }
    }

    private static string Describe(RehearsedAs? flavor) =>
        flavor switch
        {
            RehearsedAs.GitLab => "GitLab, to the project's own registry (--init-as=gitlab-pypi: to PyPI)",
            RehearsedAs.GitLabPyPi => "GitLab, to PyPI",
            RehearsedAs.GitHub => "GitHub, to a registry (--init-as=github-pypi: to PyPI)",
            RehearsedAs.GitHubPyPi => "GitHub, to PyPI (--init-as=github: to a registry)",
            _ => "no CI files, for the remote origin is neither GitHub nor GitLab (--init-as=gitlab, gitlab-pypi, github or github-pypi)",
        };

    private static void Apply(SafeLog log, InitLook look, InitFile file, bool isAsked, bool isDryRun)
    {
        switch (file.Change)
        {
            case InitChange.Kept:
                log.Information($"  keeps     {file.Path}");
                return;
            case InitChange.ByHand:
                log.Warning($"  by hand   {file.Path} {file.Said}");
                return;
            case InitChange.Changed or InitChange.Replaced when !isAsked:
                log.Warning($"  would change {file.Path}: {file.Said}");
                return;
        }

        if (isDryRun)
        {
            log.Information($"  would write {file.Path}");
            return;
        }

        AtomicFile.Write(IoPath.Combine(look.Root, file.Path), file.Content);
        log.Information($"  {(file.Change == InitChange.Written ? "wrote    " : "changed  ")} {file.Path}");
    }

    /// <summary>Before anything is written: what a link leads to may be outside of the repository, or a file of somebody else.</summary>
    private static void RefuseLinks(InitLook look, IEnumerable<InitFile> files)
    {
        foreach (var file in files)
        {
            var path = look.Root;
            var parts = file.Path.Split('/');
            for (var i = 0; i < parts.Length; i++)
            {
                path = IoPath.Combine(path, parts[i]);
                var isFolder = i < parts.Length - 1;
                if (new FileInfo(path).LinkTarget is not null || (isFolder ? File.Exists(path) : Directory.Exists(path)))
                {
                    throw new PySignException(
                        PySignFailure.OutputUnwritable,
                        $"'{path}' is a link, or no {(isFolder ? "folder" : "file")} as {file.Path} needs it; nothing was written.",
                        "Put a file or folder of its own there, or copy the file by hand from recipes/."
                    );
                }
            }
        }
    }

    private static HashSet<string> Asked(string? overwrite, List<InitFile> files)
    {
        var named = overwrite?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (named is ["all"])
        {
            return [.. files.Select(file => file.Path)];
        }

        var unknown = named.Except(files.Select(file => file.Path), StringComparer.Ordinal).ToList();
        return unknown.Count == 0
            ? new HashSet<string>(named, StringComparer.Ordinal)
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"--init-overwrite names what is not one of these files: {string.Join(", ", unknown)}.",
                $"The files are {string.Join(", ", files.Select(file => file.Path))}, or all."
            );
    }

    private static IEnumerable<string> Next(InitLook look)
    {
        yield return "Next: dotnet tool restore, then dotnet cake --target=PySign-Rehearse.";
        switch (look.Flavor)
        {
            case RehearsedAs.GitHubPyPi:
                yield return "On PyPI, Publishing: register this repository, workflow release-pypi.yml, environment pypi.";
                break;
            case RehearsedAs.GitHub:
                yield return "On GitHub, Settings > Secrets and variables > Actions: what release-registry.yml lists at its top.";
                break;
            case RehearsedAs.GitLab or RehearsedAs.GitLabPyPi:
                var tags = look.TagPattern.Replace("{version}", "*", StringComparison.Ordinal);
                yield return $"On GitLab, Settings > Repository > Protected tags: {tags}.";
                if (look.Flavor == RehearsedAs.GitLabPyPi)
                {
                    yield return "On PyPI, Publishing: register this project with .gitlab-ci.yml.";
                }

                break;
        }
    }

    /// <summary>That of the package which the script has loaded: its folder is named by it.</summary>
    private static string OwnVersion()
    {
        const string Name = "Cake.PySign.";
        var assembly = typeof(InitStage).Assembly;
        var package = new DirectoryInfo(IoPath.GetDirectoryName(assembly.Location) ?? ".").Parent?.Parent?.Name ?? "";
        return package.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
            ? package[Name.Length..]
            : assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
    }
}
