using System.IO.Compression;
using System.Security.Cryptography;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Distributions;

public sealed class WheelRecordTests : IDisposable
{
    private const string Record = "p-1.0.dist-info/RECORD";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-record-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_true_and_complete_RECORD_has_no_problems(string lineEnd)
    {
        var record = string.Join(
            lineEnd,
            [Line("p.py", "1"), Line("a, b \"c\".py", "2", "\"a, b \"\"c\"\".py\""), $"{Record},,", $"{Record}.jws,,", ""]
        );
        Assert.Empty(WheelRecord.Problems(Wheel(record, ("p.py", "1"), ("a, b \"c\".py", "2"), (Record + ".jws", "signature"))));
    }

    [Fact]
    public void SHA_384_and_SHA_512_are_as_good()
    {
        var hash = Convert.ToBase64String(SHA512.HashData("1"u8)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Assert.Empty(WheelRecord.Problems(Wheel($"p.py,sha512={hash},1\n{Record},,\n", ("p.py", "1"))));
    }

    [Theory]
    [InlineData("p.py,sha256=AAAA,1", "p.py: RECORD says sha256=AAAA")]
    [InlineData("p.py,sha256=a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s,2", "p.py: RECORD says 2 bytes, it has 1")]
    [InlineData("p.py,sha256=a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s,", "p.py: RECORD says no bytes, it has 1")]
    [InlineData("p.py,md5=xMpCOKC5I4INzFCab3WEmw,1", "p.py: RECORD names it with 'md5'")]
    [InlineData("p.py,,", "p.py: RECORD has no hash for it")]
    [InlineData("q.py,sha256=AAAA,1", "q.py: in RECORD and not in the wheel")]
    [InlineData("q.py,sha256=AAAA,1", "p.py: in the wheel and not in RECORD")]
    [InlineData("p.py", "RECORD: a line has 1 fields instead of 3")]
    [InlineData(
        "p.py,sha256=a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s,1\np.py,sha256=a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s,1",
        "p.py: appears twice in RECORD"
    )]
    public void What_is_wrong_is_said(string line, string expected)
    {
        Assert.Contains(
            WheelRecord.Problems(Wheel($"{line}\n{Record},,\n", ("p.py", "1"))),
            problem => problem.StartsWith(expected, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void RECORD_lists_itself_and_stands_in_its_place()
    {
        Assert.Equal([$"{Record}: does not list itself"], WheelRecord.Problems(Wheel(Line("p.py", "1") + "\n", ("p.py", "1"))));
        Assert.Equal(["there is no RECORD in a .dist-info folder"], WheelRecord.Problems(Wheel(null, ("p.py", "1"))));
    }

    [Fact]
    public void A_member_that_stands_twice_is_a_problem()
    {
        Assert.Contains(
            "p.py: appears twice in the archive",
            WheelRecord.Problems(Wheel($"{Line("p.py", "1")}\n{Record},,\n", ("p.py", "1"), ("p.py", "other")))
        );
    }

    private static string Line(string name, string text, string? written = null) => RecordLine.Of(written ?? name, text);

    private string Wheel(string? record, params (string Name, string Text)[] members)
    {
        var path = Path.Combine(_folder.FullName, "p-1.0-py3-none-any.whl");
        File.Delete(path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, text) in record is null ? members : [.. members, (Record, record)])
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }

        return path;
    }
}
