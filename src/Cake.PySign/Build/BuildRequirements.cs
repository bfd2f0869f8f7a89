using System.Text.Json;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Asks the build module itself which of the project's build requirements are already there, and in which versions.</summary>
internal sealed class BuildRequirements(IChildProcessRunner processes)
{
    // build-system.requires only; what a back end asks for on top is checked by "build --no-isolation" before it starts the back end.
    private const string Question = """
        import sys, json, re, build, importlib.metadata as metadata
        requires = sorted(build.ProjectBuilder(sys.argv[1]).build_system_requires)
        chains = [chain for r in requires for chain in build.check_dependency(r)]
        versions = {}
        for name in (re.match(r'\s*([A-Za-z0-9._-]+)', r).group(1) for r in requires):
            try:
                versions[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                pass
        print('pysign-requirements ' + json.dumps({
            'missing': sorted({chain[0] for chain in chains if len(chain) == 1}),
            'incomplete': sorted({' wants '.join(chain[-2:]) for chain in chains if len(chain) > 1}),
            'installed': versions}))
        """;

    private const string Mark = "pysign-requirements ";

    /// <summary>The question, for whoever starts Python anyway.</summary>
    public static PythonQuestion About(DirectoryPath source) => new(Question, [source.FullPath], Mark);

    public static RequirementsAnswer? Read(string? answer) =>
        answer is null ? null : JsonSerializer.Deserialize<RequirementsAnswer>(answer, JsonSerializerOptions.Web);

    public async Task<RequirementsAnswer?> AskAsync(
        PythonInterpreter python,
        DirectoryPath source,
        DirectoryPath workingDirectory,
        CancellationToken cancellationToken
    )
    {
        var result = await processes
            .RunAsync(
                new ChildProcessStart
                {
                    Program = python.Path,
                    Arguments = ["-c", Question, source.FullPath],
                    WorkingDirectory = workingDirectory,
                    Timeout = TimeSpan.FromMinutes(1),
                    OutputVerbosity = Verbosity.Diagnostic,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return Read(About(source).In(result));
    }
}

/// <summary>What the interpreter has of the build requirements.</summary>
/// <param name="Missing">Requirements of the project that are not satisfied.</param>
/// <param name="Incomplete">
/// What installed packages name as their own requirement and is not there. A Linux distribution leaves out what its package does not need
/// (Debian's hatchling comes without editables), and the back end works.
/// </param>
/// <param name="Installed">Name to version of the requirements that are there.</param>
internal sealed record RequirementsAnswer(
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Incomplete,
    IReadOnlyDictionary<string, string> Installed
);
