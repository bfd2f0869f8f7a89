using PySign.Sandbox.Faults;

namespace PySign.Sandbox.Tests.Control;

public sealed class FaultCatalogTests
{
    internal static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "sandbox.md"));

    [Fact]
    public void The_page_about_the_sandbox_lists_every_fault_with_its_meaning_and_no_other()
    {
        string[] listed =
        [
            .. Page.Split('\n')
                .Where(static line =>
                    line.StartsWith("| `", StringComparison.Ordinal) || line.StartsWith("| all ", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal),
        ];
        var known = FaultCatalog
            .Kinds.Where(static service => service.Key != SandboxService.RekorV2Ecdsa)
            .SelectMany(static service =>
                service.Value.Select(kind =>
                    $"| `{(service.Key == SandboxService.RekorV2 ? "rekor-v2`, `rekor-v2-ecdsa" : service.Key)}` | `{kind.Key}` | "
                    + $"{kind.Value} |"
                )
            )
            .Concat(FaultCatalog.Common.Select(static kind => $"| all | `{kind.Key}` | {kind.Value} |"));
        Assert.Equal(known.Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task The_control_API_lists_them_too()
    {
        await using var rig = await SandboxRig.Start();
        var answer = await rig.GetJson("/_sandbox/faults");
        Assert.Equal(FaultCatalog.Kinds[SandboxService.Tuf]["rollback"], answer.GetProperty("tuf").GetProperty("rollback").GetString());
        Assert.Equal(FaultCatalog.Common["drop"], answer.GetProperty("all").GetProperty("drop").GetString());
    }

    [Fact]
    public async Task A_status_says_when_to_come_back()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.AddFault("fulcio", "status", status: 429, seconds: 7);
        using var response = await rig.Client.GetAsync("/api/v2/trustBundle", TestContext.Current.CancellationToken);
        Assert.Equal((429, TimeSpan.FromSeconds(7)), ((int)response.StatusCode, response.Headers.RetryAfter?.Delta));
    }

    [Fact]
    public async Task A_fault_that_no_service_has_is_refused_in_memory_too()
    {
        await using var rig = await SandboxRig.Start();
        Assert.Throws<ArgumentException>(() => rig.Services.AddFault("fulcio", "rollback"));
    }
}
