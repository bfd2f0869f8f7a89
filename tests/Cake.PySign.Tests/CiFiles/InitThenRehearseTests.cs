namespace Cake.PySign.Tests.CiFiles;

/// <summary>From an empty repository with a Python project to a rehearsal, by the commands that a person types.</summary>
[Trait("Category", "EndToEnd")]
public sealed class InitThenRehearseTests(CiMachine machine) : IClassFixture<CiMachine>
{
    [Fact]
    public async Task A_script_of_two_lines_writes_the_rest_and_the_release_is_rehearsed()
    {
        PlayedCiFileTests.SkipWithoutBash();
        var all = Environment.GetEnvironmentVariable("PYSIGN_REHEARSALS") is "all";
        using var runner = new JobRunner(machine) { Name = "hello_pysign" };
        var folder = runner.Checkout();
        var variables = new Dictionary<string, string>();
        string[] lines =
        [
            "git init -q -b main",
            "git remote add origin https://gitlab.example/acme/hello.git",
            "dotnet tool restore",
            "dotnet cake --target=PySign-Init --init-overwrite=.gitignore",
            "git add -A && git -c user.name=t -c user.email=t@example.org commit -q -m first",
            "dotnet cake --target=PySign-Init",
            "test -z \"$(git status --porcelain)\"",
        ];
        var exit = await runner.RunAsync(
            folder,
            all ? [.. lines, "dotnet cake --target=PySign-Rehearse"] : lines,
            variables,
            TestContext.Current.CancellationToken
        );
        Assert.True(exit == 0, runner.Output);
        Assert.True(File.Exists(Path.Combine(folder, ".gitlab-ci.yml")));
        Assert.True(File.Exists(Path.Combine(folder, ".gitignore")));
        Assert.Equal(all, File.Exists(Path.Combine(folder, "artifacts", "rehearsal", "pysign.json")));
    }
}
