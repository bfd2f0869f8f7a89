using Cake.PySign.Common;
using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Recipe;
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

    public static TheoryData<string> Writers => [.. _writers.Keys];

    private static readonly Dictionary<string, Action<CakeRig, string>> _writers = new(StringComparer.Ordinal)
    {
        ["a file"] = static (_, blocked) => AtomicFile.Write($"{blocked}/pysign-verify.md", "x"),
        ["a file with a name that is too long"] = static (rig, _) => AtomicFile.Write(rig.Folder.File(new string('a', 300)), "x"),
        ["a folder"] = static (_, blocked) => OutputPath.Make(blocked),
        ["a folder of downloads"] = static (_, blocked) => OutputPath.Make($"{blocked}/downloads"),
        ["a file that is to go"] = static (rig, _) => OutputPath.Remove(rig.Folder.Folder("full").FullPath),
        ["a private folder"] = static (_, blocked) => new HeldFolder(blocked, "verify").Dispose(),
        ["the ledger"] = static (_, blocked) => new LedgerStore(blocked).Write(SampleLedger.Unsigned()),
        ["the lock of a stage"] = static (_, blocked) => new DistFolder(blocked).Hold().Dispose(),
        ["the probe before signing"] = static (_, blocked) => new DistFolder(blocked).RequireWritable(),
        ["the marker of a rehearsal"] = static (_, blocked) => RehearsalOutput.Prepare($"{blocked}/out"),
        ["the output of a rehearsal"] = static (_, blocked) => RehearsalOutput.Prepare(blocked),
        ["a key of a rehearsal"] = static (_, blocked) => RehearsalKey.Make(blocked),
        ["a download whose name is a folder's"] = static (rig, _) =>
        {
            using var arriving = new ArrivingFile(rig.Folder.File("full"));
            arriving.Open().Dispose();
            arriving.Keep(FileDigest.Of(rig.Folder.Write("other", "x")));
        },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public void Whatever_is_written_where_nothing_can_be_has_a_reason_and_advice(string writer)
    {
        var blocked = _rig.Folder.Write("not-a-folder", "x");
        _rig.Folder.Write("full/something", "x");
        var e = Assert.Throws<PySignException>(() => _writers[writer](_rig, blocked.FullPath));
        Assert.Equal(PySignFailure.OutputUnwritable, e.Reason);
        Assert.Contains(_rig.Folder.Path, e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Advice);
        Assert.Equal("x", File.ReadAllText(blocked.FullPath));
    }

    [Fact]
    public void A_download_that_is_given_up_where_its_folder_is_gone_hides_no_other_failure()
    {
        using var arriving = new ArrivingFile(_rig.Folder.File("gone/a.whl"));
        Assert.ThrowsAny<IOException>(() =>
        {
            using var stream = arriving.Open();
        });
    }

    [Theory]
    [InlineData("/dev/full")]
    [InlineData("not-a-folder/summary.md")]
    [InlineData(".")]
    public void A_summary_that_cannot_be_written_is_a_warning_and_hides_no_result(string summary)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("NOT RUN: needs /dev/full");
        }

        _rig.Folder.Write("not-a-folder", "x");
        _rig.Environment.Variables["GITHUB_STEP_SUMMARY"] = summary;
        StepSummary.Append(_rig.Environment, SafeLog.For(_rig.Context), static () => "### Tests\n");
        Assert.Contains("cannot be written", Assert.Single(_rig.Log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_meets_a_full_disk_says_what_to_do()
    {
        var failure = StageFailure.Of("PySign-Test", ReleaseStage.Test, new IOException("No space left on device : '/tmp/x'"));
        Assert.Equal((int)ReleaseStage.Test, failure.ExitCode);
        Assert.Contains("/tmp/x", failure.Message, StringComparison.Ordinal);
        Assert.Contains("What to do", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 31)]
    [InlineData((1L << 32) + 5)]
    [InlineData(long.MaxValue)]
    public async Task An_answer_that_announces_more_than_32_bits_is_refused_before_it_is_read(long length)
    {
        using var handler = new HostileRegistry(_ =>
        {
            var page = HostileRegistry.Page(new byte[10], "application/octet-stream");
            page.Content.Headers.ContentLength = length;
            return page;
        });
        using var registry = new RegistryConnections(handler, new FastTime()).Basic(
            new Uri("https://x.example/simple"),
            null,
            null,
            allowStorage: false,
            SafeLog.For(_rig.Context),
            maxFileBytes: 1 << 20
        );
        var address = new Uri("https://x.example/a.whl");
        var token = TestContext.Current.CancellationToken;
        foreach (
            var read in new Func<Task>[]
            {
                () => registry.GetAsync(address, "*/*", "Reading a page", token),
                () => registry.DownloadAsync(address, () => new MemoryStream(), "Downloading a.whl", token),
            }
        )
        {
            Assert.Equal(PySignFailure.TooLarge, (await Assert.ThrowsAsync<PySignException>(read)).Reason);
        }

        Assert.Equal((2, 0L), (handler.Requests, handler.BytesTaken));
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
