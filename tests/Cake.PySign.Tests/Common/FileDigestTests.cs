using Cake.PySign.Common;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common;

/// <summary>Files whose length has more than 32 bits.</summary>
public sealed class FileDigestTests
{
    [Fact]
    public void A_file_beyond_32_bits_is_hashed_to_its_end()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PYSIGN_LARGE_FILES") is { Length: > 0 },
            "NOT RUN: PYSIGN_LARGE_FILES=1 hashes a sparse file of more than 4 GiB."
        );
        using var folder = new TemporaryFolder();
        var file = folder.Write("zeros", "");
        using (var stream = File.OpenWrite(file.FullPath))
        {
            stream.SetLength((1L << 32) + 1);
        }

        // truncate -s 4294967297 zeros; sha256sum zeros
        Assert.Equal("fbb82f7b353676bb562eb82157fcf0ea42c36492ca13ee56dbf82c08b6802c5c", FileDigest.Of(file).Hex);
        Assert.Equal(FileDigest.Of(file), new KnownDigests().Of(file));
    }
}
