using Cake.Core.IO;
using PySign.Packaging;
using PySign.Packaging.Names;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>Which tag a release of this project would have, as far as its files say.</summary>
internal static class RehearsedVersion
{
    /// <summary>The tag that is asked for, that is on the commit, or that belongs to the version of the script or of the files.</summary>
    /// <returns><see langword="null"/> where only a build can tell the version.</returns>
    public static string? Tag(ReleaseOptions script, DirectoryPath project, IReadOnlyList<string> ofCommit)
    {
        if (script.Tag is { Length: > 0 } asked)
        {
            return asked;
        }

        if (script.Version is { } wanted)
        {
            return Named(script, wanted);
        }

        // Of several, the one that says what the files say: a commit may have a candidate's tag and the release's.
        var written = Written(project);
        var tags = ofCommit.Where(tag => IsOfVersion(tag, script.TagPattern)).Order(StringComparer.Ordinal).ToList();
        return tags.FirstOrDefault(tag => written is not null && IsOf(tag, script.TagPattern, written))
            ?? tags.FirstOrDefault()
            ?? (written is not null ? Named(script, written) : null);
    }

    /// <summary>The tag of a version that a build without a tag had: what back ends compute behind the last tag leads to the next
    /// one.</summary>
    public static string OfBuild(ReleaseOptions script, string built) =>
        Named(
            script,
            PythonVersion.Parse(built) is { } version && (version.IsDevelopment || version.Local is not null)
                ? (version.Epoch.IsZero ? "" : $"{version.Epoch}!") + string.Join('.', version.Release)
                : built
        );

    /// <summary>The project's name, where a file says it.</summary>
    public static string? Name(DirectoryPath project)
    {
        var file = project.CombineWithFilePath("pyproject.toml").FullPath;
        try
        {
            return File.Exists(file) && PyProject.Load(file) is { Name: { Length: > 0 } name } ? ProjectName.Parse(name).Normalized : null;
        }
        catch (Exception e) when (e is PackagingException or TomlException)
        {
            return null; // The build says what is wrong with it.
        }
    }

    private static string Named(ReleaseOptions script, string version) =>
        (script.TagPattern ?? "v{version}").Replace("{version}", version, StringComparison.Ordinal);

    private static bool IsOf(string tag, string? pattern, string version) =>
        VersionTag.Read(tag, pattern) is { } stated
        && PythonVersion.TryParse(stated.Text, out var ofTag)
        && PythonVersion.TryParse(version, out var ofFiles)
        && ofTag.Normalized == ofFiles.Normalized;

    private static bool IsOfVersion(string tag, string? pattern)
    {
        try
        {
            return VersionTag.Read(tag, pattern) is { } stated && PythonVersion.TryParse(stated.Text, out _);
        }
        catch (PackagingException)
        {
            return false;
        }
    }

    private static string? Written(DirectoryPath project)
    {
        try
        {
            return
                VersionInjection.Find(project.FullPath, PythonVersion.Parse("0")) is { Found: { } found }
                && PythonVersion.TryParse(found, out _)
                ? found
                : null;
        }
        catch (Exception e) when (e is PackagingException or TomlException)
        {
            return null; // The build says what is wrong with it.
        }
    }
}
