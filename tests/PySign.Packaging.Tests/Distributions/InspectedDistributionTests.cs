using System.IO.Compression;
using System.Security.Cryptography;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

/// <summary>One reading tells of a distribution what several would, whatever its archive looks like.</summary>
public sealed class InspectedDistributionTests : IDisposable
{
    private const string Name = "p-1.0-py3-none-any.whl";
    private const string Info = "p-1.0.dist-info";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-inspected-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 10, false)]
    [InlineData(1, 5_000_000, false)]
    [InlineData(3, 700_000, true)]
    [InlineData(2_000, 900, false)]
    [InlineData(2_000, 900, true)]
    public void Digest_metadata_RECORD_and_copy_are_those_of_the_file_and_it_is_read_once(int members, int size, bool deflated)
    {
        var path = Wheel(members, size, deflated);
        var sha256 = Sha256Digest.Of(File.ReadAllBytes(path));
        using var copy = new MemoryStream();
        var before = ReadByThisThread();
        var inspected = InspectedDistribution.Read(path, checkRecord: true, copy);
        var read = ReadByThisThread() - before;
        Assert.Equal(sha256, inspected.Sha256);
        Assert.Equal(copy.Length, inspected.Length);
        Assert.Equal(sha256, Sha256Digest.Of(copy.ToArray()));
        Assert.Equal("1.0", inspected.Distribution!.Version);
        Assert.Empty(inspected.RecordProblems);

        // METADATA and RECORD are looked up first, each with a block around it; each look goes through the directory.
        var more = 500_000 + (members * 600L);
        Assert.True(read <= copy.Length + more, $"{read} bytes were read of {copy.Length}");
    }

    [Fact]
    public void A_file_that_RECORD_does_not_know_is_found_in_the_same_reading()
    {
        var path = Wheel(2, 100, deflated: true);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            using var entry = zip.CreateEntry("p/more.py").Open();
            entry.Write("x"u8);
        }

        var inspected = InspectedDistribution.Read(path);
        Assert.Equal(WheelRecord.Problems(path), inspected.RecordProblems);
        Assert.Contains("p/more.py: in the wheel and not in RECORD", inspected.RecordProblems);
        Assert.Empty(InspectedDistribution.Read(path, checkRecord: false).RecordProblems);
    }

    [Theory]
    [InlineData("p-1.0-py3-none-any.whl", "not an archive")]
    [InlineData("p-1.0.tar.gz", "not an archive")]
    [InlineData("no name of a distribution.bin", "")]
    public void What_is_not_a_distribution_has_a_digest_and_the_reason(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        using var copy = new MemoryStream();
        var inspected = InspectedDistribution.Read(path, copyTo: copy);
        Assert.Null(inspected.Distribution);
        Assert.NotNull(inspected.Failure);
        Assert.Equal(Sha256Digest.Of(File.ReadAllBytes(path)), inspected.Sha256);
        Assert.Equal(content, System.Text.Encoding.UTF8.GetString(copy.ToArray()));
    }

    [Fact]
    public void A_damaged_wheel_is_hashed_to_its_end()
    {
        var path = Wheel(3, 300_000, deflated: true);
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(200_000, 1000).Fill(0xff);
        File.WriteAllBytes(path, bytes);
        var inspected = InspectedDistribution.Read(path);
        Assert.Equal(Sha256Digest.Of(bytes), inspected.Sha256);
        Assert.True(inspected.Failure is not null || inspected.RecordProblems.Count > 0);
    }

    [Fact]
    public void Members_out_of_their_order_and_bytes_around_them_are_all_hashed()
    {
        // Something in front of the archive, as a program that unpacks itself has it; offsets count from there.
        var path = Wheel(5, 200_000, deflated: false);
        var bytes = (byte[])[.. new byte[100_000], .. File.ReadAllBytes(path)];
        File.WriteAllBytes(path, bytes);
        Assert.Equal(Sha256Digest.Of(bytes), InspectedDistribution.Read(path).Sha256);
    }

    [Fact]
    public void A_copy_that_cannot_be_written_is_not_said_of_the_archive()
    {
        var path = Wheel(3, 100_000, deflated: true);
        var e = Assert.Throws<IOException>(() => InspectedDistribution.Read(path, copyTo: new FullDisk()));
        Assert.Equal("full", e.Message);
    }

    /// <summary>Of this thread, by Linux; elsewhere nothing.</summary>
    private static long ReadByThisThread() =>
        File.Exists("/proc/thread-self/io")
            ? long.Parse(
                File.ReadLines("/proc/thread-self/io").First()["rchar:".Length..],
                System.Globalization.CultureInfo.InvariantCulture
            )
            : 0;

    private string Wheel(int members, int size, bool deflated)
    {
        var random = new Random(members);
        var path = Path.Combine(_folder.FullName, Name);
        var record = new System.Text.StringBuilder();
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            for (var i = 0; i < members; i++)
            {
                var content = new byte[size];
                random.NextBytes(content);
                Add(zip, $"p/m{i}.bin", content);
            }

            Add(zip, $"{Info}/METADATA", "Metadata-Version: 2.1\nName: p\nVersion: 1.0\n"u8.ToArray());
            Add(zip, $"{Info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"u8.ToArray());
            record.Append($"{Info}/RECORD,,\n");
            Write(zip, $"{Info}/RECORD", System.Text.Encoding.UTF8.GetBytes(record.ToString()));
        }

        return path;

        void Add(ZipArchive zip, string name, byte[] content)
        {
            var hash = Convert.ToBase64String(SHA256.HashData(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            record.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name},sha256={hash},{content.Length}\n");
            Write(zip, name, content);
        }

        void Write(ZipArchive zip, string name, byte[] content)
        {
            using var entry = zip.CreateEntry(name, deflated ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
            entry.Write(content);
        }
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("full");
    }
}
