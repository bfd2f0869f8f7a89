using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Build;

/// <summary>
/// Builds a project twice, the second time as another person on another machine would: from a checkout in another folder, made at another
/// time and under another umask, with another home, time zone, language, user name and hash seed. Both must give the same bytes.
/// </summary>
internal sealed class ReproducibilityVerifier(Services services)
{
    private const int MaxShown = 40;

    public async Task<IReadOnlyList<ReproducedDistribution>> VerifyAsync(
        DirectoryPath projectDirectory,
        PyBuildSettings settings,
        CancellationToken cancellationToken
    )
    {
        var project = projectDirectory.MakeAbsolute(services.Environment);
        ProjectFolder.Check(project);
        using var workspace = new NeutralFolder();
        var sources = await ProjectSources
            .FindAsync(project, false, services.Processes, services.Environment, cancellationToken)
            .ConfigureAwait(false);
        var moment = await SourceDate
            .OfAsync(sources.Project, settings.SourceDate, services.Environment, sources.Repository, cancellationToken)
            .ConfigureAwait(false);
        var output = (settings.OutputDirectory ?? project.Combine("dist")).MakeAbsolute(services.Environment).Collapse();

        services.Log.Information("First build");
        var first = Settings(settings, moment, output, workspace.Path.Combine("1"));
        first.EnvironmentVariables.TryAdd("PYTHONHASHSEED", "1");
        var builder = new PyBuilder(services);
        var one = await builder.BuildAsync(project, first, null, cancellationToken).ConfigureAwait(false);

        services.Log.Information("Second build, from another folder and in other surroundings");
        var elsewhere = await CheckOutAsync(sources, output, settings, workspace.Path.Combine("a/quite different/place"), cancellationToken)
            .ConfigureAwait(false);
        var second = Settings(settings, moment, output, workspace.Path.Combine("2"));
        await OtherSurroundingsAsync(second, workspace.Path, project, cancellationToken).ConfigureAwait(false);
        var two = await builder.BuildAsync(elsewhere, second, null, cancellationToken).ConfigureAwait(false);

        Compare(one.Distributions, two.Distributions);
        return
        [
            .. one.Distributions.Select(built => new ReproducedDistribution(
                built.Path.GetFilename().FullPath,
                built.Kind,
                built.Name,
                built.Version,
                built.Sha256
            )),
        ];
    }

    private static PyBuildSettings Settings(PyBuildSettings settings, DateTimeOffset moment, DirectoryPath output, DirectoryPath target)
    {
        var copy = settings.Copy();
        copy.OutputDirectory = target;
        copy.SourceDate = moment;
        copy.ExcludedDirectories.Add(output);
        foreach (var check in Enum.GetValues<PyBuildCheck>().Where(check => !copy.WaivedChecks.Contains(check)))
        {
            copy.WaivedChecks.Add(check);
        }

        return copy;
    }

    /// <summary>The project as a checkout elsewhere has it: other times, and the modes that a strict umask leaves.</summary>
    private async Task<DirectoryPath> CheckOutAsync(
        ProjectSources sources,
        DirectoryPath output,
        PyBuildSettings settings,
        DirectoryPath target,
        CancellationToken cancellationToken
    )
    {
        var leftOut = LeftOutFolders.Of(
            sources.Project,
            settings.ExcludedDirectories.Append(output).Select(folder => folder.MakeAbsolute(services.Environment)),
            settings.OwnFolders.Select(folder => folder.MakeAbsolute(services.Environment))
        );
        var moment = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);
        var copy = await WorkingCopy
            .MakeAsync(sources, target, leftOut with { WholeRepository = true }, moment, services.Log, cancellationToken)
            .ConfigureAwait(false);
        await copy.AlignAsync(cancellationToken).ConfigureAwait(false);
        var source = copy.Project;
        if (!OperatingSystem.IsWindows())
        {
            foreach (
                var file in Directory.EnumerateFiles(
                    source.FullPath,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
            )
            {
                File.SetUnixFileMode(
                    file,
                    File.GetUnixFileMode(file) & (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
                );
            }
        }

        return source;
    }

    private async Task OtherSurroundingsAsync(
        PyBuildSettings settings,
        DirectoryPath workspace,
        DirectoryPath project,
        CancellationToken cancellationToken
    )
    {
        foreach (
            var (name, value) in new[]
            {
                ("PYTHONHASHSEED", "4242"),
                ("TZ", "Asia/Kathmandu"),
                ("LANG", "C"),
                ("LC_ALL", "C"),
                ("USER", "somebody"),
                ("LOGNAME", "somebody"),
            }
        )
        {
            settings.EnvironmentVariables.TryAdd(name, value);
        }

        // pip finds its configuration below the home folder: only a build that fetches nothing gets another one.
        if (services.Environment.GetEnvironmentVariable("HOME") is { Length: > 0 })
        {
            var python = await services.FindPythonAsync(settings.Python, "build", cancellationToken).ConfigureAwait(false);
            var surroundings = await new BuildSurroundings(services)
                .OfAsync(python, project, workspace, settings, cancellationToken)
                .ConfigureAwait(false);
            if (!surroundings.Isolated)
            {
                var home = workspace.Combine("home");
                Directory.CreateDirectory(home.FullPath);
                settings.EnvironmentVariables.TryAdd("HOME", home.FullPath);
            }
        }
    }

    private static List<string> Differences(BuiltDistribution? one, BuiltDistribution? two) =>
        (one, two) switch
        {
            ({ } a, { } b) when a.Sha256 == b.Sha256 => [],
            ({ } a, { } b) =>
            [
                .. DistributionComparison.Compare(a.Path.FullPath, b.Path.FullPath).Select(difference => difference.ToString()),
            ],
            ({ }, null) => ["only the first build left it"],
            _ => ["only the second build left it"],
        };

    private void Compare(IReadOnlyList<BuiltDistribution> one, IReadOnlyList<BuiltDistribution> two)
    {
        var report = new List<string>();
        var different = 0;
        var names = one.Select(Name).Union(two.Select(Name), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        foreach (var name in names)
        {
            var lines = Differences(one.FirstOrDefault(built => Name(built) == name), two.FirstOrDefault(built => Name(built) == name));
            if (lines.Count == 0)
            {
                continue;
            }

            different++;
            report.Add($"    {name}");
            report.AddRange(lines.Take(MaxShown).Select(line => $"        {services.Log.Redactor.Redact(line)}"));
            if (lines.Count > MaxShown)
            {
                report.Add($"        and {lines.Count - MaxShown} more differences");
            }
        }

        if (different > 0)
        {
            throw new PySignException(
                PySignFailure.NotReproducible,
                $"Two builds of the same sources differ in {different} of {names.Count} "
                    + $"files:{Environment.NewLine}{string.Join(Environment.NewLine, report)}",
                "Look at the first difference of content. Usual causes: the moment of the build, a random value, an absolute path, the "
                    + "order of a set, or a build requirement "
                    + "that changed in between. Take times from SOURCE_DATE_EPOCH."
            );
        }

        foreach (var built in one)
        {
            services.Log.Information($"Reproducible: {Name(built)}  sha256 {built.Sha256}");
        }
    }

    private static string Name(BuiltDistribution built) => built.Path.GetFilename().FullPath;
}
