using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// The folders of the jobs: one checkout after the other at the same place, as a runner has it, and the artifacts between them. What a
/// job leaves beside its artifacts is gone with its checkout.
/// </summary>
internal sealed class PlayedFolders
{
    private readonly string _root;
    private readonly DirectoryPath _scratch;
    private readonly List<(PlayedArtifacts Kind, string Project, string Inside)> _places;

    /// <summary>Finds the places in the checkouts.</summary>
    /// <param name="root">The top of the user's repository.</param>
    /// <param name="scratch">An empty folder.</param>
    /// <param name="name">What the checkout is called.</param>
    /// <param name="places">Where the script has the folders of the release, in the user's own repository.</param>
    /// <exception cref="PySignException">One is outside of the repository.</exception>
    public PlayedFolders(string root, DirectoryPath scratch, string name, IReadOnlyList<ReleaseFolder> places)
    {
        _root = root;
        _scratch = scratch;
        Checkout = scratch.Combine("builds").Combine(name);
        _places = [.. places.Select(place => (place.Kind, place.Project, Inside(place.Folder)))];
    }

    /// <summary>Where each job finds the repository.</summary>
    public DirectoryPath Checkout { get; }

    /// <summary>What the jobs keep in common, as a runner does: Cake's compiled script.</summary>
    public DirectoryPath Cache => _scratch.Combine("cache");

    /// <summary>The folder for temporary files of the jobs: what a job that was ended leaves there goes with the rest.</summary>
    public DirectoryPath Temporary => _scratch.Combine("tmp");

    /// <summary>The home folder of the job: one for each, and empty.</summary>
    public DirectoryPath Home => _scratch.Combine("home");

    /// <summary>The key that stands in for the real one; outside of the checkout, as a real one is.</summary>
    public DirectoryPath Key => _scratch.Combine("key");

    /// <summary>Where a path, or paths in a text, of the user's repository lie in the checkout.</summary>
    public string Map(string text)
    {
        for (var at = text.IndexOf(_root, StringComparison.Ordinal); at >= 0; at = text.IndexOf(_root, at, StringComparison.Ordinal))
        {
            var end = at + _root.Length;
            var isPath = end == text.Length || text[end] is '/' or '\\' or ',' or ';' or ':';
            var isStart = at == 0 || text[at - 1] is '=' or ',' or ';' or ':' or ' ';
            if (isPath && isStart)
            {
                text = text[..at] + Checkout.FullPath + text[end..];
                at += Checkout.FullPath.Length;
            }
            else
            {
                at = end;
            }
        }

        return text;
    }

    /// <summary>The folder of the checkout that is the user's folder there; itself where that is outside of the repository.</summary>
    public DirectoryPath Of(DirectoryPath folder) =>
        PlayedSources.Below(_root, RealPath.Of(folder.FullPath)) is { } inside ? Checkout.Combine(inside) : folder;

    /// <summary>An empty place for the next checkout.</summary>
    public void Clear()
    {
        Delete(Checkout.FullPath);
        Delete(Temporary.FullPath);
        Delete(Home.FullPath);
        Directory.CreateDirectory(Checkout.GetParent().FullPath);
        Directory.CreateDirectory(Temporary.FullPath);
        Directory.CreateDirectory(Home.FullPath);
    }

    /// <summary>Gives a job the artifacts of those before it; later ones replace files of the same name.</summary>
    public void Bring(PlayedJob job)
    {
        foreach (var from in job.Needs)
        {
            foreach (var (kind, project, place) in _places)
            {
                Copy(Artifacts(from, kind, project), Checkout.Combine(place).FullPath);
            }
        }
    }

    /// <summary>Gives a job a folder that is in no repository: what other jobs built.</summary>
    public void Bring(DirectoryPath folder)
    {
        var target = Of(folder);
        if (target != folder)
        {
            Copy(folder.FullPath, target.FullPath);
        }
    }

    /// <summary>Keeps what a job hands on.</summary>
    public void Keep(PlayedJob job)
    {
        foreach (var (kind, project, place) in _places.Where(place => job.HandsOn.HasFlag(place.Kind)))
        {
            // A build that found out the version has left other files here.
            Delete(Artifacts(job.Stage, kind, project));
            Copy(Checkout.Combine(place).FullPath, Artifacts(job.Stage, kind, project));
        }
    }

    /// <summary>The folder with what a job handed on; of several projects, each has its own there.</summary>
    public string Artifacts(ReleaseStage stage, PlayedArtifacts kind, string project = "") =>
        _scratch.Combine("artifacts").Combine(stage.ToString()).Combine(kind.ToString()).Combine(project).FullPath;

    public static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = IoPath.Combine(to, entry.Name);
            if (entry.LinkTarget is not null)
            {
                continue; // No CI service hands on where a link leads to.
            }

            if (entry is DirectoryInfo folder)
            {
                Copy(folder.FullName, target);
            }
            else if (SpecialFile.KindOf(entry.FullName) is null)
            {
                File.Copy(entry.FullName, target, overwrite: true);
            }
        }
    }

    private string Inside(DirectoryPath place) =>
        PlayedSources.Below(_root, RealPath.Of(place.FullPath)) is { Length: > 0 } inside
            ? inside
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{place}' is not below '{_root}': a CI job hands on folders of its checkout alone.",
                "Name a folder below the repository (DistDirectory, ConsumerDirectory, ReportDirectory, Test.ReportFile in the options)."
            );

    private static void Delete(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NeutralFolder.OpenUp(new DirectoryInfo(folder));
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>A folder of a release, in the user's own repository.</summary>
/// <param name="Kind">What is in it.</param>
/// <param name="Project">Whose it is, where the script has several projects; else empty.</param>
/// <param name="Folder">Where it is.</param>
internal sealed record ReleaseFolder(PlayedArtifacts Kind, string Project, DirectoryPath Folder);
