using System.Text.Json.Nodes;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Somebody who can write to the folder edits the ledger, in every field and in every way: that is refused with a reason, or
/// changes nothing that is proven.</summary>
public sealed class EditedLedgerTests(SandboxFixture fixture)
{
    private static readonly JsonNode?[] _values =
    [
        null,
        "../evil-1.0.tar.gz",
        "nul.whl",
        "a\nb\u001b[2J",
        long.MaxValue,
        "9999-12-31T23:59:60Z",
    ];

    [Fact]
    public async Task Each_field_of_the_ledger_in_each_form_is_refused_by_name_or_proves_nothing_else()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.PublishSignatures);
        using var rig = await jobs.JobAsync();
        var release = new Release(rig.Context, ReleaseOptions.From(rig.Context), rig.Services());
        var path = jobs.Dist.Store.Path.FullPath;
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var signed = jobs.Dist.ReadSigned();
        var (edits, refused) = (0, 0);
        var leaves = Leaves(JsonNode.Parse(text)!).Select(leaf => leaf.GetPath()).ToList();
        Assert.True(leaves.Count > 40, $"{leaves.Count} fields");
        foreach (var leaf in leaves)
        {
            foreach (var value in _values)
            {
                var edited = JsonNode.Parse(text)!;
                Leaves(edited).Single(one => one.GetPath() == leaf).ReplaceWith(value?.DeepClone());
                await File.WriteAllTextAsync(path, edited.ToJsonString(), TestContext.Current.CancellationToken);
                edits++;
                var failure = await Record.ExceptionAsync(() => VerifyStage.RunAsync(release, TestContext.Current.CancellationToken));
                refused += failure is null ? 0 : 1;
                Assert.True(failure is null or PySignException or Cake.Core.CakeException, $"{leaf} = {value}: {failure}");
                if (failure is null)
                {
                    Assert.Equal(
                        signed.Files.Select(file => (file.Name, file.Sha256)),
                        jobs.Dist.ReadSigned().Files.Select(file => (file.Name, file.Sha256))
                    );
                }
                else
                {
                    Assert.DoesNotContain('\u001b', failure.Message);
                }
            }
        }

        Assert.True(refused > edits / 2, $"{refused} of {edits} refused");
    }

    private static IEnumerable<JsonNode> Leaves(JsonNode node) =>
        node switch
        {
            JsonObject o => o.Where(one => one.Value is not null).SelectMany(one => Leaves(one.Value!)),
            JsonArray a => a.Where(one => one is not null).SelectMany(one => Leaves(one!)),
            _ => [node],
        };
}
