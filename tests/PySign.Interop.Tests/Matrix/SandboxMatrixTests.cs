using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Matrix;

/// <summary>Everyone signs against the sandbox, everyone verifies: messages and statements, both logs, with and without
/// timestamps.</summary>
public sealed class SandboxMatrixTests(RunningSandbox sandbox, ITestOutputHelper log) : IClassFixture<RunningSandbox>
{
    [Fact]
    public Task Whatever_one_client_signs_the_others_verify_and_every_exception_is_listed() =>
        Run("sign-verify-matrix.md", sandbox.Instance().RekorV2 + "/rekor-v2-ecdsa", SignVerifyMatrix.AllCells());

    // The other log has a path of its own, which shows that cosign 2 cannot use it; this one has Rekor v1 beside it.
    [Fact]
    public Task A_log_whose_checkpoints_have_an_Ed25519_signature_is_read_by_all_as_well() =>
        Run(
            "sign-verify-matrix-ed25519.md",
            sandbox.Instance().RekorV2,
            SignVerifyMatrix.AllCells().Where(static cell => cell is { RekorVersion: 2, Timestamp: true, Signer: not "cosign 2" })
        );

    private async Task Run(string report, string rekorV2, IEnumerable<MatrixCell> cells)
    {
        _ = (Peer.Cosign2, Peer.Cosign3, Peer.SigstoreGo, Peer.SigstoreGoSigning, NpmSigstore.Require());
        var (table, problems) = await SignVerifyMatrix.Run(sandbox.Instance() with { RekorV2 = rekorV2 }, cells);
        log.WriteLine(table);
        await TestReports.Write(report, table);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }
}
