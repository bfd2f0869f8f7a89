namespace PySign.Interop.Tests.Scripts;

/// <summary>What the README prints is run as it is printed, outside this repository, from the packed addin. Its rehearsal is watched in
/// <see cref="SecretScanTests"/>.</summary>
public sealed class ReadmeScriptTests(ConsumerRepository repository) : IClassFixture<ConsumerRepository>
{
    [Fact]
    public async Task A_failing_stage_keeps_its_own_exit_code()
    {
        var project = repository.NewProject();
        var script = ReadmeScript.For(repository);
        (await repository.RunScript(project, script, "--target=PySign-Sign")).MustExit(12, "Run PySign-Build first");
        (await repository.RunScript(project, script, "--target=PySign-Release", "--fulcio-url=nonsense")).MustExit(10, "fulcio-url");
        (await repository.RunScript(project, script, "--target=PySign-Build", "--project=out-of-nowhere")).MustExit(11, "out-of-nowhere");
    }
}
