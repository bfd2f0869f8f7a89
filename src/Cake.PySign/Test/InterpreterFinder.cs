using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Test;

/// <summary>
/// Finds the interpreters to test on: those that were named, else the newest of each minor version that pyenv, the Windows launcher or PATH
/// shows. One that was named and is not there is an error, never a shorter list.
/// </summary>
internal sealed partial class InterpreterFinder(IChildProcessRunner processes, ICakeEnvironment environment)
{
    /// <summary>Among the names asked for: all that can be found.</summary>
    public const string All = "all";

    private static readonly string[] _pyenvVariables = ["PYENV_ROOT", "PYENV"];

    private readonly InterpreterProbe _probe = new(processes, environment);

    /// <summary>The interpreters, oldest first, and those that were found and are not usable.</summary>
    public async Task<(IReadOnlyList<InterpreterFacts> Usable, IReadOnlyList<PyTestSkip> Skipped)> FindAsync(
        IEnumerable<string> names,
        int parallel,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        // 1. What was asked for: paths, versions, or all.
        var wanted = names.Select(text => text.Trim()).ToList();
        var all = wanted.Count == 0 || wanted.Contains(All, StringComparer.OrdinalIgnoreCase);
        var paths = wanted.Where(IsPath).Select(text => (Path: new FilePath(text).MakeAbsolute(environment), Origin: "settings")).ToList();
        var versions = wanted.Where(text => !IsPath(text) && !text.Equals(All, StringComparison.OrdinalIgnoreCase)).ToList();
        RequireReadable(wanted, versions);

        // 2. Those named by path, each of which must be usable.
        var named = await AskAsync(paths, parallel, folder, cancellationToken).ConfigureAwait(false);
        if (named.FirstOrDefault(answer => answer.Problem is not null || answer.Facts is { HasVenv: false }) is { Path: not null } broken)
        {
            throw new PySignException(
                PySignFailure.ToolNotFound,
                $"The interpreter '{broken.Path.FullPath}' cannot be used: {broken.Problem ?? NoVenv(broken.Facts!)}.",
                "Correct the path in Interpreters, or install what is missing."
            );
        }

        // 3. Those on this machine.
        var usable = named.Select(answer => answer.Facts!).ToList();
        var skipped = new List<PyTestSkip>();
        if (versions.Count > 0 || all)
        {
            var candidates = await CandidatesAsync(folder, cancellationToken).ConfigureAwait(false);
            var answers = await AskAsync(candidates, parallel, folder, cancellationToken).ConfigureAwait(false);
            var found = Distinct(answers.Select(answer => answer.Facts).OfType<InterpreterFacts>());
            usable.AddRange(Pick(versions, found, candidates.Count));
            if (all)
            {
                usable.AddRange(NewestOfEach(found, skipped));
            }
        }

        return (Sorted(usable), skipped);
    }

    private static void RequireReadable(List<string> wanted, List<string> versions)
    {
        if (wanted.Exists(text => text.Length == 0))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "Interpreters holds an empty text; a version such as 3.12 or a path was expected."
            );
        }

        if (versions.Find(text => !VersionName().IsMatch(text)) is { } odd)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{odd}' in Interpreters is neither a version such as 3.12 or pypy3.10 nor a path."
            );
        }
    }

    private static List<InterpreterFacts> Sorted(IEnumerable<InterpreterFacts> usable) =>
        [
            .. Distinct(usable)
                .OrderBy(facts => facts.Implementation != "CPython")
                .ThenBy(facts => facts.Major)
                .ThenBy(facts => facts.Minor)
                .ThenBy(Patch)
                .ThenBy(facts => facts.Path.FullPath, StringComparer.Ordinal),
        ];

    private static IEnumerable<InterpreterFacts> NewestOfEach(IEnumerable<InterpreterFacts> found, List<PyTestSkip> skipped)
    {
        foreach (
            var facts in found
                .GroupBy(facts => facts.ShortName, StringComparer.Ordinal)
                .Select(group => group.OrderByDescending(Patch).First())
        )
        {
            if (facts.HasVenv && (facts.Major, facts.Minor).CompareTo((3, 6)) >= 0)
            {
                yield return facts;
            }
            else
            {
                skipped.Add(new PyTestSkip(facts.ToString(), facts.Major < 3 || facts.Minor < 6 ? "older than Python 3.6" : NoVenv(facts)));
            }
        }
    }

    private static IEnumerable<InterpreterFacts> Pick(List<string> versions, List<InterpreterFacts> found, int places)
    {
        foreach (var version in versions)
        {
            var plain = version.StartsWith("python", StringComparison.OrdinalIgnoreCase) ? version[6..] : version;
            yield return found
                .Where(facts =>
                    facts.HasVenv
                    && new[] { facts.ShortName, facts.Version, facts.Implementation + facts.Version }.Contains(
                        plain,
                        StringComparer.OrdinalIgnoreCase
                    )
                )
                .OrderByDescending(Patch)
                .FirstOrDefault()
                ?? throw new PySignException(
                    PySignFailure.ToolNotFound,
                    $"There is no Python {version} to test on. Found: "
                        + $"{string.Join(", ", found.Select(facts => facts.ToString()).DefaultIfEmpty($"nothing at {places} places"))}.",
                    "Install it (pyenv install, the py launcher, or on PATH as python3.N), name its path, or take it out of Interpreters."
                );
        }
    }

    // A virtual environment is somebody's project, not an interpreter of the machine; links and shims show the same one twice.
    private static List<InterpreterFacts> Distinct(IEnumerable<InterpreterFacts> found) =>
        [
            .. found
                .Where(facts => !facts.IsVirtual || facts.Origin == "settings")
                .DistinctBy(facts => facts.IsVirtual ? facts.Path.FullPath : facts.RealPath, StringComparer.Ordinal),
        ];

    private static Version Patch(InterpreterFacts facts) =>
        System.Version.TryParse(Numbers().Match(facts.Version).Value, out var version) ? version : new Version(facts.Major, facts.Minor);

    private static string NoVenv(InterpreterFacts facts) => $"{facts.Implementation} {facts.Version} has no venv module";

    private async Task<List<(FilePath Path, InterpreterFacts? Facts, string? Problem)>> AskAsync(
        List<(FilePath Path, string Origin)> paths,
        int parallel,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        var answers = new (FilePath, InterpreterFacts?, string?)[paths.Count];
        await Parallel
            .ForAsync(
                0,
                paths.Count,
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
                async (i, token) =>
                {
                    var (facts, problem) = await _probe.AskAsync(paths[i].Path, paths[i].Origin, folder, token).ConfigureAwait(false);
                    answers[i] = (paths[i].Path, facts, problem);
                }
            )
            .ConfigureAwait(false);
        return [.. answers];
    }

    private async Task<List<(FilePath Path, string Origin)>> CandidatesAsync(DirectoryPath folder, CancellationToken cancellationToken)
    {
        var root = PyenvRoot();
        var candidates = Pyenv(root).Select(path => (Path: new FilePath(path), Origin: "pyenv")).ToList();
        if (OperatingSystem.IsWindows())
        {
            candidates.AddRange(
                (await LauncherAsync(folder, cancellationToken).ConfigureAwait(false)).Select(path => (new FilePath(path), "py"))
            );
        }

        // A shim of pyenv is a script that runs whatever the current folder asks for, and fails when that is another version.
        var folders = (environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => IoPath.IsPathRooted(path) && Directory.Exists(path) && (root is null || !IsBelow(path, root)));
        candidates.AddRange(
            folders
                .SelectMany(path => Directory.EnumerateFiles(path))
                .Where(file => ExecutableName().IsMatch(IoPath.GetFileName(file)))
                .Select(file => (new FilePath(file), "PATH"))
        );
        return [.. candidates.DistinctBy(candidate => candidate.Path.FullPath, StringComparer.Ordinal)];
    }

    private string? PyenvRoot() =>
        _pyenvVariables.Select(environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 })
        ?? (
            environment.GetEnvironmentVariable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } home
                ? IoPath.Combine(home, ".pyenv")
                : null
        );

    private static IEnumerable<string> Pyenv(string? root)
    {
        var versions = root is null ? null : IoPath.Combine(root, "versions");
        return versions is null || !Directory.Exists(versions)
            ? []
            : Directory
                .EnumerateDirectories(versions)
                .Order(StringComparer.Ordinal)
                .Select(version =>
                    OperatingSystem.IsWindows() ? IoPath.Combine(version, "python.exe") : IoPath.Combine(version, "bin", "python")
                )
                .Where(File.Exists);
    }

    private async Task<IEnumerable<string>> LauncherAsync(DirectoryPath folder, CancellationToken cancellationToken)
    {
        var launcher = (environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(IoPath.IsPathRooted)
            .Select(path => IoPath.Combine(path, "py.exe"))
            .FirstOrDefault(File.Exists);
        if (launcher is null)
        {
            return [];
        }

        var result = await processes
            .RunAsync(
                new ChildProcessStart
                {
                    Program = launcher,
                    Arguments = ["-0p"],
                    WorkingDirectory = folder,
                    Timeout = TimeSpan.FromMinutes(1),
                    OutputVerbosity = Verbosity.Diagnostic,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return LauncherPaths(result.Lines.Select(line => line.Text));
    }

    /// <summary>The paths in the answer to <c>py -0p</c>: <c>-V:3.12 * C:\…\python.exe</c>, or <c>-3.9-64 C:\…\python.exe</c> of older
    /// launchers.</summary>
    internal static IEnumerable<string> LauncherPaths(IEnumerable<string> lines) =>
        lines.Select(line => LauncherLine().Match(line)).Where(match => match.Success).Select(match => match.Groups["path"].Value);

    private static bool IsPath(string text) =>
        text.Contains('/', StringComparison.Ordinal)
        || text.Contains('\\', StringComparison.Ordinal)
        || text.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string path, string root) =>
        (IoPath.GetFullPath(path) + IoPath.DirectorySeparatorChar).StartsWith(
            IoPath.GetFullPath(root) + IoPath.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    [GeneratedRegex(
        @"^\s*-(V:)?[0-9A-Za-z./-]+(\s+\*)?\s+(?<path>[A-Za-z]:\\.*\.exe)\s*$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex LauncherLine();

    [GeneratedRegex(
        @"^(python|pypy)?\d+\.\d+(\.\d+)?([a-z]+\d*)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex VersionName();

    [GeneratedRegex(@"^(python|python3|(python|pypy)3\.\d+t?)(\.exe)?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ExecutableName();

    [GeneratedRegex(@"^\d+\.\d+(\.\d+)?", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
