using System.Text.Json;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>A project that nobody here wrote, released end to end from a script. The others are in
/// <see cref="ProjectTableTests"/>.</summary>
public sealed class RealProjectTests(ConsumerRepository repository) : IClassFixture<ConsumerRepository>
{
    [Theory]
    [InlineData("blinker", "flit_core")]
    public async Task A_real_project_is_rehearsed_from_build_to_consumer(string name, string backEnd)
    {
        var source = Peer.ProjectSource(name);
        if (source is null)
        {
            Assert.Skip($"NOT RUN: the source of {name} is absent; eng/peers.sh brings it.");
        }

        await RequiredPython.Importing("build", "twine", backEnd);

        var project = repository.NewProject(source);
        var run = await repository.RunScript(
            project,
            $"#load nuget:?package=Cake.PySign&version={repository.Addin.Version}\nRunPySign(Argument(\"target\", \"PySign-Rehearse\"));\n",
            "--output=rehearsed"
        );
        run.MustSucceed();

        using var ledger = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(project, "rehearsed", "pysign.json"), TestContext.Current.CancellationToken)
        );
        var files = ledger.RootElement.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(["sdist", "wheel"], files.Select(file => file.GetProperty("kind").GetString()).Order(StringComparer.Ordinal));
        Assert.All(
            files,
            file =>
                Assert.Contains(
                    file.GetProperty("receipts").EnumerateArray(),
                    receipt => receipt.GetProperty("stage").GetString() == "Publish"
                )
        );
        Assert.Equal(
            ["Verify", "ConsumerVerification"],
            ledger
                .RootElement.GetProperty("verifications")
                .EnumerateArray()
                .Select(verification => verification.GetProperty("by").GetString())
        );
    }
}
