using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Matrix;

/// <summary>The same matrix against the servers that the public instance runs: what the sandbox teaches us is true.</summary>
public sealed class RealServersTests(ITestOutputHelper log)
{
    // The sandbox's log takes no intoto entries, the real one does, and npm's older attestations have them. cosign's are version 0.0.1,
    // which no client verifies in a bundle, not even cosign.
    private static IEnumerable<MatrixCell> Intoto =>
        from timestamp in new[] { false, true }
        select new MatrixCell("npm", Statement: true, RekorVersion: 1, timestamp) { Intoto = true };

    [Fact]
    public async Task What_we_sign_with_real_Fulcio_Rekor_and_timestamp_authority_everyone_verifies_and_the_other_way_round()
    {
        _ = (Peer.Cosign2, Peer.Cosign3, Peer.SigstoreGo, Peer.SigstoreGoSigning, NpmSigstore.Require());
        await using var servers = await RealServers.Start();
        var peculiarity = await servers.Peculiarity();
        var cells = from cell in SignVerifyMatrix.AllCells().Concat(Intoto) select cell with { Log = peculiarity };
        var (table, problems) = await SignVerifyMatrix.Run(servers.Instance, cells);
        table = $"Rekor v1: {peculiarity}\n\n{table}";
        log.WriteLine(table);
        await TestReports.Write("sign-verify-matrix-real-servers.md", table);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }
}
