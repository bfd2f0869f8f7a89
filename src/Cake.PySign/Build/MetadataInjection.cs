using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using PySign.Packaging;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>Gives a copy of a project the name, version and Homepage that were asked for, each in the place where its back end reads
/// it.</summary>
internal sealed class MetadataInjection(SafeLog log)
{
    // Where a version would go is asked with any version.
    private static readonly PythonVersion _any = PythonVersion.Parse("1");

    /// <summary>Edits the copy and sets variables.</summary>
    public Injected Into(DirectoryPath source, WantedMetadata wanted, Dictionary<string, string?> variables)
    {
        try
        {
            Describe(source, wanted);
            return wanted.Version is { } version ? Version(source, PythonVersion.Parse(version), variables) : Own(source);
        }
        catch (Exception e) when (e is PackagingException or TomlException)
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                $"The project cannot be given what was asked for: {e.Message}",
                innerException: e
            );
        }
    }

    private static void Describe(DirectoryPath source, WantedMetadata wanted)
    {
        var path = source.CombineWithFilePath("pyproject.toml").FullPath;
        if ((wanted.Name ?? wanted.Homepage) is null || !File.Exists(path))
        {
            return;
        }

        var project = PyProject.Load(path);
        var edited = wanted.ApplyTo(project);
        if (!ReferenceEquals(edited, project))
        {
            // Replaced, not rewritten: the copy may be a link to the user's own file.
            AtomicFile.Write(path, edited.ToString());
        }
    }

    private static Injected Own(DirectoryPath source)
    {
        var own = VersionInjection.Find(source.FullPath, _any);
        return new Injected(null, own.ReadsVersionControl, own.Found);
    }

    private Injected Version(DirectoryPath source, PythonVersion version, Dictionary<string, string?> variables)
    {
        var injection = VersionInjection.Find(source.FullPath, version);
        if (injection.Refusal is { } refusal)
        {
            // What cannot be given may still come out right: a version computed from the very tag that is released.
            log.Information($"The version cannot be given to this project ({refusal.Message}); what it builds must be {version}");
            return new Injected(refusal.Message, injection.ReadsVersionControl);
        }

        injection.WriteTo(source.FullPath);
        foreach (var (name, value) in injection.Variables)
        {
            variables[name] = value;
        }

        log.Information(
            injection.Files.Count == 0 && injection.Found is { } found
                ? $"Version {found} is stated in {injection.Place}"
                : $"Version {version} is given through "
                    + $"{injection.Place}{(injection.Found is { } old ? $", which says {old}" : string.Empty)}"
        );
        return new Injected(null, false);
    }
}

/// <summary>What became of the values that were asked for.</summary>
/// <param name="Advice">For the case that the build does not come out as asked: why the version could not be given.</param>
/// <param name="ReadsVersionControl">Whether the version is what the back end computes from tags.</param>
/// <param name="Stated">The version that stands in the project's files; null where it is computed or was given.</param>
internal sealed record Injected(string? Advice, bool ReadsVersionControl, string? Stated = null);
