using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Matrix;

/// <summary>
/// The same matrix against a sandbox that behaves as private installations do: the log calls itself its pod's name, there is no timestamp
/// authority, and cosign made the trusted root and the signing config.
/// </summary>
public sealed class PrivateMatrixTests(RunningPrivateSandbox sandbox, ITestOutputHelper log) : IClassFixture<RunningPrivateSandbox>
{
    [Fact]
    public Task What_is_signed_with_a_private_instance_is_verified_with_the_root_that_cosign_3_makes() =>
        PrivateMatrix.Run(sandbox, LogPeculiarity.PodNamed, log, "private");
}

/// <summary>And where the log's key is RSA.</summary>
public sealed class RsaLogMatrixTests(RunningRsaLogSandbox sandbox, ITestOutputHelper log) : IClassFixture<RunningRsaLogSandbox>
{
    [Fact]
    public Task A_log_that_signs_with_RSA_is_read_by_those_that_can() =>
        PrivateMatrix.Run(sandbox, LogPeculiarity.PodNamed | LogPeculiarity.Rsa, log, "rsa-log");
}

internal static class PrivateMatrix
{
    public static async Task Run(RunningSandbox sandbox, LogPeculiarity peculiarity, ITestOutputHelper log, string report)
    {
        _ = (Peer.Cosign2, Peer.Cosign3, Peer.SigstoreGo, Peer.SigstoreGoSigning, NpmSigstore.Require());
        var (root, config) = await CosignDocuments.By3(sandbox);
        var cells =
            from cell in SignVerifyMatrix.AllCells()
            where cell is { RekorVersion: 1, Timestamp: false }
            // What a log with RSA does to clients shows with two signers.
            where !peculiarity.HasFlag(LogPeculiarity.Rsa) || cell.Signer is "ours" or "cosign 3"
            select cell with
            {
                Log = peculiarity,
            };
        var instance = sandbox.Instance() with { TrustedRoot = root, MadeSigningConfig = config };
        var (table, problems) = await SignVerifyMatrix.Run(instance, cells);
        log.WriteLine(table);
        await TestReports.Write($"sign-verify-matrix-{report}.md", table);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }
}
