using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Projects;
using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>The name, version and Homepage that were asked for, checked for shape before anything runs.</summary>
internal sealed record WantedMetadata(string? Name, string? Version, string? Homepage)
{
    public bool Any => Name is not null || Version is not null || Homepage is not null;

    public static WantedMetadata From(PyBuildSettings settings)
    {
        if (!settings.Sdist && !settings.Wheel)
        {
            throw new PySignException(PySignFailure.InvalidSettings, "Neither Sdist nor Wheel is set: there is nothing to build.");
        }

        Setting.RequireLimit(settings.Timeout, nameof(settings.Timeout));
        if (settings.Homepage is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"Homepage is '{url}'; an absolute http or https URL was expected.");
        }

        try
        {
            var name = settings.Name is null ? null : ProjectName.Parse(settings.Name).Value;
            if (settings.Version is not null)
            {
                PythonVersion.Parse(settings.Version);
            }

            return new WantedMetadata(name, settings.Version, settings.Homepage?.OriginalString);
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, e.Message, innerException: e);
        }
    }

    /// <summary>The project with name and Homepage as wanted in <c>[project]</c>; the same instance where nothing is to be
    /// changed.</summary>
    public PyProject ApplyTo(PyProject project)
    {
        if (!project.HasProjectTable)
        {
            // setup.py, setup.cfg or [tool.poetry]: nothing is edited there, and what is built must carry what was asked for.
            return project;
        }

        if (Name is not null && Name != project.Name)
        {
            project = project.WithName(Name);
        }

        return Homepage is null ? project : project.WithUrl("Homepage", Homepage);
    }

    /// <summary>Compares what was built with what was asked for: the name normalized, the version by PEP 440, the Homepage
    /// exactly.</summary>
    public IEnumerable<string> Mismatches(Distribution distribution)
    {
        if (Name is not null && ProjectName.Parse(distribution.Name).Normalized != ProjectName.Parse(Name).Normalized)
        {
            yield return $"name: expected {Name}, found {distribution.Name}";
        }

        if (Version is not null && !PythonVersion.Parse(distribution.Version).Equals(PythonVersion.Parse(Version)))
        {
            yield return $"version: expected {Version}, found {distribution.Version}";
        }

        if (Homepage is not null && !Homepages(distribution).Contains(Homepage))
        {
            yield return $"Homepage: expected {Homepage}, found {Homepages(distribution).FirstOrDefault() ?? "none"}";
        }
    }

    private static List<string> Homepages(Distribution distribution)
    {
        var urls = new List<string>();
        if (distribution.Metadata.HomePage is { } homePage)
        {
            urls.Add(homePage);
        }

        urls.AddRange(distribution.Metadata.ProjectUrls.Where(url => url.NormalizedLabel == "homepage").Select(url => url.Url));
        return urls;
    }
}
