using System.Text.Json.Nodes;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

public sealed class LedgerStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LedgerStore _store;

    public LedgerStoreTests() => _store = new LedgerStore(_folder.Folder("dist"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back_and_leaves_one_file()
    {
        foreach (var ledger in new[] { SampleLedger.Unsigned(), SampleLedger.Signed() })
        {
            _store.Write(ledger);
            var read = _store.Read();
            _store.Write(read);
            Assert.Equal(Text(ledger), Text(_store.Read()));
            Assert.Equal(ledger.Source, read.Source);
            Assert.Equal(ledger.Files.SelectMany(file => file.Receipts), read.Files.SelectMany(file => file.Receipts));
            Assert.Equal(
                ledger.Files.SelectMany(file => file.Signature?.Logs ?? []),
                read.Files.SelectMany(file => file.Signature?.Logs ?? [])
            );
            Assert.Equal(ledger.Verifications, read.Verifications);
            Assert.Equal(ledger.Tests?.Runs, read.Tests?.Runs);
            Assert.Equal([LedgerStore.FileName], Directory.GetFileSystemEntries(_folder.Folder("dist").FullPath).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void Sizes_beyond_32_bits_stay_what_they_are_in_ledger_and_report()
    {
        var sample = SampleLedger.Signed();
        long[] sizes = [1L << 31, (1L << 32) + 1];
        _store.Write(sample with { Files = [.. sample.Files.Zip(sizes, (file, size) => file with { Size = size })] });
        Assert.Equal(sizes, _store.Read().Files.Select(file => file.Size));
        var facts = global::Cake.PySign.Recipe.Report.ReleaseFacts.Of(_store.Read()).ToJson();
        Assert.All(
            sizes,
            size => Assert.Contains(size.ToString(System.Globalization.CultureInfo.InvariantCulture), facts, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_missing_ledger_says_which_task_makes_one()
    {
        var e = Assert.Throws<PySignException>(() => _store.Read());
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains("There is no ledger", e.Message, StringComparison.Ordinal);
        Assert.Contains("PySign-Build", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_to_cut_the_ledger_short_is_refused()
    {
        _store.Write(SampleLedger.Signed());
        var bytes = File.ReadAllBytes(_store.Path.FullPath);
        for (var length = 0; length < bytes.Length - 2; length += 7)
        {
            File.WriteAllBytes(_store.Path.FullPath, bytes[..length]);
            Assert.Equal(PySignFailure.InvalidSettings, Assert.Throws<PySignException>(() => _store.Read()).Reason);
        }
    }

    public static TheoryData<string, string> Refusals =>
        new()
        {
            { "schema", "schema 2" },
            { "no schema", "schema" },
            { "unknown member", "surprise" },
            { "unknown member of a file", "surprise" },
            { "member twice", "name" },
            { "no files", "names no distribution" },
            { "null files", "files" },
            { "null file", "empty element" },
            { "null receipt", "empty element" },
            { "null part", "empty element" },
            { "null test run", "empty element" },
            { "no digest", "sha256" },
            { "no receipts", "receipts" },
            { "null name", "name" },
            { "same file twice", "' is named twice" },
            { "path upwards", "'../x.whl' is not a plain file name" },
            { "absolute path", "'/etc/passwd' is not a plain file name" },
            { "backslash", "'a\\b.whl' is not a plain file name" },
            { "dot dot", "'..' is not a plain file name" },
            { "hidden file", "'.whl' is not a plain file name" },
            { "name with a line break", "is not a plain file name" },
            { "option as a name", "'-r.whl' is not a plain file name" },
            { "short digest", "a SHA-256 of 64 lower-case hexadecimal digits" },
            { "upper-case digest", "a SHA-256 of 64 lower-case hexadecimal digits" },
            { "digest of a part", "a SHA-256 of 64 lower-case hexadecimal digits" },
            { "digest of a receipt", "a SHA-256 of 64 lower-case hexadecimal digits" },
            { "other normalized name", "'hello_pysign' is not the normalized form of 'Hello-PySign'" },
            { "impossible name", "-nope-" },
            { "unknown kind", "$.files[0].kind" },
            { "signature without a file", "whose files are not its own" },
            { "signature of another file", "whose files are not its own" },
            { "statement of another release", "'hello_pysign-0.9.0.release.sigstore.json' is not the name of the statement" },
            { "statement under a bundle's name", "is not the name of the statement" },
            { "digest of the statement", "a SHA-256 of 64 lower-case hexadecimal digits" },
            { "null receipt of the statement", "empty element" },
            { "number as a name", "name" },
            { "size below nothing", "which no file has" },
            { "size of 2^31 below nothing", "which no file has" },
            { "size without an end", "which no file has" },
            { "size of 2^63", "size" },
            { "size with a fraction", "size" },
            { "tests below nothing", "-1 tests" },
            { "tests without an end", "2147483647 tests" },
            { "tests of 2^32", "tests" },
            { "more skipped than there are", "were skipped" },
            { "a list", "JSON" },
            { "null", "it is empty" },
            { "something after it", "JSON" },
            { "not UTF-8", "" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_ledger_that_no_stage_would_write_is_refused(string damage, string reason)
    {
        _store.Write(SampleLedger.Signed());
        Assert.Equal(2, _store.Read().Files.Count);
        File.WriteAllBytes(_store.Path.FullPath, Damaged(damage, File.ReadAllText(_store.Path.FullPath)));
        var e = Assert.Throws<PySignException>(() => _store.Read());
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(_store.Path.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Contains("Build again", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_larger_than_any_release_is_not_read()
    {
        _store.Write(SampleLedger.Unsigned());
        using (var stream = File.OpenWrite(_store.Path.FullPath))
        {
            stream.SetLength((16 * 1024 * 1024) + 1);
        }

        Assert.Contains("larger than", Assert.Throws<PySignException>(() => _store.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_keeps_the_old_ledger_and_leaves_nothing_beside_it()
    {
        _store.Write(SampleLedger.Unsigned());
        var before = _folder.Snapshot();
        var broken = SampleLedger.Signed() with { Verifications = new ThrowingList() };
        Assert.Throws<IOException>(() => _store.Write(broken));
        Assert.Equal(before, _folder.Snapshot());
        Assert.Null(_store.Read().Files[0].Signature);
    }

    [Fact]
    public void A_ledger_that_cannot_be_replaced_leaves_nothing_beside_it()
    {
        Directory.CreateDirectory(_store.Path.FullPath);
        Assert.ThrowsAny<Exception>(() => _store.Write(SampleLedger.Unsigned()));
        Assert.Equal([LedgerStore.FileName], Directory.GetFileSystemEntries(_folder.Folder("dist").FullPath).Select(Path.GetFileName));
    }

    private static string Text(Ledger ledger) => System.Text.Json.JsonSerializer.Serialize(ledger);

    private static byte[] Damaged(string damage, string text)
    {
        switch (damage)
        {
            case "member twice":
                return Bytes(text.Replace("\"version\":", "\"name\": \"Hello-PySign\", \"version\":", StringComparison.Ordinal));
            case "a list":
                return Bytes($"[{text}]");
            case "null":
                return Bytes("null");
            case "something after it":
                return Bytes(text + "{}");
            case "not UTF-8":
                return [.. Bytes(text).Select(b => b == (byte)'H' ? (byte)0xff : b)];
        }

        var root = JsonNode.Parse(text)!.AsObject();
        var files = root["files"]!.AsArray();
        var file = files[0]!.AsObject();
        var signature = file["signature"]!.AsObject();
        var part = signature["files"]!.AsArray()[0]!.AsObject();
        Action change = damage switch
        {
            "schema" => () => root["schema"] = 2,
            "no schema" => () => root.Remove("schema"),
            "unknown member" => () => root["surprise"] = 1,
            "unknown member of a file" => () => file["surprise"] = 1,
            "no files" => files.Clear,
            "null files" => () => root["files"] = null,
            "null file" => () => files[1] = null,
            "null receipt" => () => file["receipts"]!.AsArray()[0] = null,
            "null part" => () => signature["files"]!.AsArray()[1] = null,
            "null test run" => () => root["tests"]!["runs"]!.AsArray()[0] = null,
            "no digest" => () => file.Remove("sha256"),
            "no receipts" => () => file.Remove("receipts"),
            "null name" => () => root["name"] = null,
            "same file twice" => () => files.Add(file.DeepClone()),
            "path upwards" => () => Rename("../x.whl"),
            "absolute path" => () => Rename("/etc/passwd"),
            "backslash" => () => Rename("a\\b.whl"),
            "dot dot" => () => Rename(".."),
            "hidden file" => () => Rename(".whl"),
            "name with a line break" => () => Rename("a.whl\n"),
            "option as a name" => () => Rename("-r.whl"),
            "short digest" => () => file["sha256"] = "00",
            "upper-case digest" => () => file["sha256"] = new string('A', 64),
            "digest of a part" => () => part["sha256"] = new string('g', 64),
            "digest of a receipt" => () => file["receipts"]![0]!["sha256"] = "",
            "other normalized name" => () => root["normalizedName"] = "hello_pysign",
            "impossible name" => () => root["name"] = "-nope-",
            "unknown kind" => () => file["kind"] = "egg",
            "signature without a file" => () => signature["files"]!.AsArray().Clear(),
            "signature of another file" => () => signature["files"] = files[1]!["signature"]!["files"]!.DeepClone(),
            "statement of another release" => () => root["statement"]!["file"]!["name"] = "hello_pysign-0.9.0.release.sigstore.json",
            "statement under a bundle's name" => () => root["statement"]!["file"]!["name"] = SampleLedger.Wheel + ".sigstore.json",
            "digest of the statement" => () => root["statement"]!["file"]!["sha256"] = "",
            "null receipt of the statement" => () => root["statement"]!["receipts"]!.AsArray()[0] = null,
            "number as a name" => () => root["name"] = 5,
            "size below nothing" => () => file["size"] = -1,
            "size of 2^31 below nothing" => () => file["size"] = int.MinValue,
            "size without an end" => () => file["size"] = long.MaxValue,
            "size of 2^63" => () => file["size"] = 1UL << 63,
            "size with a fraction" => () => file["size"] = 1.5,
            "tests below nothing" => () => root["tests"]!["runs"]![0]!["tests"] = -1,
            "tests without an end" => () => root["tests"]!["runs"]![0]!["tests"] = int.MaxValue,
            "tests of 2^32" => () => root["tests"]!["runs"]![0]!["tests"] = 1L << 32,
            "more skipped than there are" => () => root["tests"]!["runs"]![0]!["skipped"] = 9_999_999,
            _ => throw new ArgumentOutOfRangeException(nameof(damage), damage, null),
        };
        change();
        return Bytes(root.ToJsonString());

        void Rename(string name)
        {
            file["name"] = name;
            file.Remove("signature");
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>Fails while it is written, as a full disk does.</summary>
    private sealed class ThrowingList : List<LedgerVerification>, IReadOnlyList<LedgerVerification>
    {
        IEnumerator<LedgerVerification> IEnumerable<LedgerVerification>.GetEnumerator() => throw new IOException("No space left on device");
    }
}
