using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common.Network;

/// <summary>A full disk, wherever something is written, is a <see cref="PySignException"/> with a reason and what to do.</summary>
public sealed class UnwritableTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_download_to_a_full_disk_says_so_and_is_not_tried_again()
    {
        using var handler = new HostileRegistry(_ => HostileRegistry.Page(new byte[100_000], "application/octet-stream"));
        using var registry = new RegistryConnections(handler, new FastTime()).Basic(
            new Uri("https://x.example/simple"),
            null,
            null,
            allowStorage: false,
            SafeLog.For(_rig.Context)
        );
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            registry.DownloadAsync(
                new Uri("https://x.example/a.whl"),
                () => new FullDisk(40_000),
                "Downloading a.whl",
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(PySignFailure.OutputUnwritable, e.Reason);
        Assert.Contains("No space left", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Advice);
        Assert.Equal(1, handler.Requests);
    }

    [Fact]
    public void A_file_that_cannot_be_written_says_so_and_the_old_one_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("NOT RUN: needs /dev/full");
        }

        var path = _rig.Folder.Write("not-a-folder", "x");
        var e = Assert.Throws<PySignException>(() => AtomicFile.Write(path.FullPath + "/pysign.json", "{}"));
        Assert.Equal(PySignFailure.OutputUnwritable, e.Reason);
        Assert.Contains("pysign.json", e.Message, StringComparison.Ordinal);
        Assert.Equal("x", File.ReadAllText(path.FullPath));
    }

    [Fact]
    public async Task All_files_of_a_version_together_have_a_bound()
    {
        var total = new TotalBound(10, "hello 1.0");
        await using (var first = total.Counted(new MemoryStream()))
        {
            await first.WriteAsync(new byte[6], TestContext.Current.CancellationToken);
        }

        await using var second = total.Counted(new MemoryStream());
        await second.WriteAsync(new byte[4], TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<PySignException>(async () =>
            await second.WriteAsync(new byte[1], TestContext.Current.CancellationToken)
        );
        Assert.Equal(PySignFailure.TooLarge, e.Reason);
    }

    private sealed class FullDisk(int room) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length > room ? throw new IOException("No space left on device") : base.WriteAsync(buffer, cancellationToken);
    }
}
