using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Processes;

namespace Cake.PySign.Build;

/// <summary>Asks the build module itself whether the project's build requirements are already there.</summary>
internal sealed class BuildRequirements(IChildProcessRunner processes, SafeLog log)
{
    // build-system.requires only; what a back end asks for on top is checked by "build --no-isolation" before it starts the back end.
    private const string Question = """
        import sys, build
        requires = sorted(build.ProjectBuilder(sys.argv[1]).build_system_requires)
        missing = [r for r in requires if any(True for _ in build.check_dependency(r))]
        print('pysign-missing ' + '; '.join(missing) if missing else 'pysign-satisfied')
        """;

    public async Task<bool> AreSatisfiedAsync(PythonInterpreter python, DirectoryPath source, DirectoryPath workingDirectory, CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync(
            new ChildProcessStart
            {
                Program = python.Path,
                Arguments = ["-c", Question, source.FullPath],
                WorkingDirectory = workingDirectory,
                Timeout = TimeSpan.FromMinutes(1),
                OutputVerbosity = Verbosity.Diagnostic,
            },
            cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0 && result.Output.Contains("pysign-satisfied"))
        {
            log.Information("Build requirements are installed; building without isolation");
            return true;
        }

        const string mark = "pysign-missing ";
        var missing = result.Output.FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal));
        log.Information(missing is null
            ? "Build requirements could not be checked; building in isolation"
            : $"Build requirements not installed ({missing[mark.Length..]}); building in isolation");
        return false;
    }
}
