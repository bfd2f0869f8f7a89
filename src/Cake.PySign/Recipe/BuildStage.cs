using Cake.Core.IO;
using Cake.PySign.Build;
using PySign.Packaging.Names;
using PySign.Packaging.Projects;

namespace Cake.PySign.Recipe;

/// <summary>Builds wheel and sdist and writes a new ledger.</summary>
internal static class BuildStage
{
    public static Task RunAsync(Release release, CancellationToken cancellationToken) =>
        RunAsync(release, new PyBuilder(release.Services), cancellationToken);

    public static async Task RunAsync(Release release, PyBuilder builder, CancellationToken cancellationToken)
    {
        var options = release.Options;
        var project = options.ProjectDirectory.MakeAbsolute(release.Context.Environment);
        var described = ProjectDescription.Check(project);
        var builds = options.Build == ReleaseBuild.Auto && options.ImportFrom.Count > 0 ? ReleaseBuild.Sdist : options.Build;
        if (builds == ReleaseBuild.None)
        {
            release.Log.Information("Nothing is built here (PYSIGN_BUILD): everything is imported.");
            return;
        }

        var kept = KeptSignatures.Of(release.Dist);
        var settings = Settings(release, project, described, builds);
        var result = await builder.BuildAsync(project, settings, kept.Beside, cancellationToken).ConfigureAwait(false);
        var built = result.Distributions;

        var name = ProjectName.Parse(built[0].Name);
        RequireExpected(options, name);
        var ledger = new Ledger
        {
            Schema = Ledger.CurrentSchema,
            Name = built[0].Name,
            NormalizedName = name.Normalized,
            Version = built[0].Version,
            Source = options.BuiltFrom,
            Tools = result.Tools,
            Checks = ChecksOf(options),
            Files =
            [
                .. built
                    .OrderBy(file => file.Path.GetFilename().ToString(), StringComparer.Ordinal)
                    .Select(file => new LedgerFile(
                        file.Path.GetFilename().ToString(),
                        file.Kind,
                        file.Sha256,
                        new FileInfo(file.Path.FullPath).Length,
                        []
                    )),
            ],
        };
        release.Dist.Store.Write(kept.Into(ledger));
    }

    private static PyBuildSettings Settings(Release release, DirectoryPath project, PyProject? described, ReleaseBuild builds)
    {
        var options = release.Options;
        var settings = new PyBuildSettings
        {
            OutputDirectory = release.Dist.Path,
            Python = options.Python,
            Name = options.Name ?? NameForTemplate(release, described),
            Version = WantedVersion.Of(options, project, release.Log),
            Homepage = options.Homepage ?? MissingHomepage(release, described),
            Sdist = builds != ReleaseBuild.Wheel,
            Wheel = builds != ReleaseBuild.Sdist,
            Isolation = options.Isolation,
            Constraints = options.Constraints,
            StrictMetadata = options.StrictMetadata,
            Network = options.Network,
            IsRelease = !options.Rehearses,
        };
        foreach (var check in options.WaivedChecks)
        {
            settings.WaivedChecks.Add(check);
        }

        foreach (var file in options.AllowedFiles)
        {
            settings.AllowedFiles.Add(file);
        }

        foreach (var folder in options.ExcludedDirectories.Concat(options.ImportFrom).Append(OwnPackage()))
        {
            settings.ExcludedDirectories.Add(folder);
        }

        settings.OwnFolders.Add(options.ConsumerDirectory);
        settings.OwnFolders.Add(options.ReportDirectory);
        settings.OwnFolders.Add(options.Test.ReportFile.GetDirectory());
        return settings;
    }

    private static void RequireExpected(ReleaseOptions options, ProjectName name)
    {
        if (options.ExpectName is { } expected && ProjectName.Parse(expected).Normalized != name.Normalized)
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                $"PACKAGE_NAME is '{expected}', but the project's own name is '{name.Value}'.",
                "Publish under the project's own name: remove or correct PACKAGE_NAME. To rename the project for this build, pass "
                    + "--package-name."
            );
        }
    }

    /// <summary>What the files had to pass; an import passes the same checks.</summary>
    internal static LedgerChecks ChecksOf(ReleaseOptions options) =>
        new(
            [.. Enum.GetValues<PyBuildCheck>().Where(check => !options.WaivedChecks.Contains(check)).Select(check => check.ToString())],
            [.. options.WaivedChecks.Distinct().Select(check => check.ToString()).Order(StringComparer.Ordinal)]
        );

    /// <summary>Where Cake unpacked this addin: below the script's own folder, which often is the project.</summary>
    private static DirectoryPath OwnPackage() =>
        new FilePath(typeof(BuildStage).Assembly.Location).GetDirectory().Combine("../..").Collapse();

    /// <summary>The tutorial's file has no name until its pipeline gives it one; a name that the author wrote is never replaced.</summary>
    private static string? NameForTemplate(Release release, PyProject? described)
    {
        if (
            release.Options.ExpectName is not { } given
            || described?.Placeholders.FirstOrDefault(one => one.Field == PlaceholderField.Name) is not { } placeholder
        )
        {
            return null;
        }

        release.Log.Information(
            $"pyproject.toml, line {placeholder.Line}, has no name yet ({placeholder.Value}); PACKAGE_NAME gives it: {given}"
        );
        return given;
    }

    /// <summary>A Homepage that only the CI service suggests fills a gap; what the author wrote stays.</summary>
    private static Uri? MissingHomepage(Release release, PyProject? described)
    {
        var suggested = release.Options.DefaultHomepage;
        if (suggested is null || described is not { HasProjectTable: true } || described.Dynamic.Contains("urls", StringComparer.Ordinal))
        {
            return null;
        }

        if (described.Placeholders.FirstOrDefault(one => one.Field == PlaceholderField.Homepage) is { } placeholder)
        {
            release.Log.Information(
                $"pyproject.toml, line {placeholder.Line}, has no Homepage yet ({placeholder.Value}); the job's project page is taken: "
                    + $"{suggested.OriginalString}"
            );
            return suggested;
        }

        return described.Urls.Any(url => url.NormalizedLabel == "homepage") ? null : suggested;
    }
}
