using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>A project and a Python that leaves what it is told to.</summary>
internal sealed class PlayedBuild : IDisposable
{
    public const string PyProject = """
        # keep me
        [project]
        name = "hello-pysign"   # the name
        version = "1.0.0"

        [tool.other]
        name = "other"
        version = "9"
        """;

    public PlayedBuild()
    {
        Rig.Folder.Write("project/pyproject.toml", PyProject);
        Rig.Folder.Write("python3", "");
    }

    public CakeRig Rig { get; } = new();

    /// <summary>The pyproject.toml that the back end saw first.</summary>
    public string? Copied { get; private set; }

    public void Dispose() => Rig.Dispose();

    public PyBuildSettings Settings(string? output = null) =>
        new()
        {
            Python = Rig.Folder.File("python3"),
            Isolation = BuildIsolation.None,
            OutputDirectory = output is null ? null : new DirectoryPath(output),
        };

    public async Task<IReadOnlyList<BuiltDistribution>> BuildAsync(FakeChildProcessRunner runner, PyBuildSettings settings) =>
        (
            await new PyBuilder(Rig.Services(processes: runner)).BuildAsync(
                "project",
                settings,
                null,
                TestContext.Current.CancellationToken
            )
        ).Distributions;

    public static ChildProcessStart BuildStart(FakeChildProcessRunner runner) => runner.Starts.First(IsBuild);

    public static bool IsBuild(ChildProcessStart start) => start.Arguments is ["-c", BuildFrontEnd.Bootstrap, ..];

    public FakeChildProcessRunner Runner(params (string Name, byte[] Bytes)[] outputs) =>
        new(start =>
        {
            if ((FakeChildProcessRunner.Probe(start) ?? FakeChildProcessRunner.Twine(start)) is { } answer)
            {
                return answer;
            }

            if (start.Arguments is ["-c", BuildFrontEnd.Bootstrap, "--outdir", var folder, var kind, ..])
            {
                Copied ??= File.ReadAllText(IoPath.Combine(start.Arguments[^1], "pyproject.toml"));
                Directory.CreateDirectory(folder);
                foreach (
                    var (name, bytes) in outputs.Where(output =>
                        (kind == "--sdist") == output.Name.EndsWith(".tar.gz", StringComparison.Ordinal)
                    )
                )
                {
                    File.WriteAllBytes(IoPath.Combine(folder, name), bytes);
                }
            }

            return FakeChildProcessRunner.Result(0);
        });
}
