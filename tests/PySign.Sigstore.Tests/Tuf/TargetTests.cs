using System.Net;
using System.Text.Json.Nodes;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Downloads of targets.</summary>
public sealed class TargetTests
{
    private static readonly byte[] _content = "target file contents"u8.ToArray();

    [Theory]
    [InlineData("target_file.txt", "target_file.txt")]
    [InlineData("path/to/a/target_file.txt", "path/to/a/target_file.txt")]
    [InlineData("with space/100%.txt", "with%20space/100%25.txt")]
    [InlineData("question?.txt", "question%3F.txt")]
    [InlineData("hash#sign", "hash%23sign")]
    [InlineData("schön/日本.txt", "sch%C3%B6n/%E6%97%A5%E6%9C%AC.txt")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("http://elsewhere.example", null)]
    [InlineData("c:\\windows", "c%3A%5Cwindows")]
    [InlineData("...", "...")]
    public async Task A_target_is_downloaded_under_its_escaped_name_and_its_hash(string name, string? escaped)
    {
        var repository = new TufRepository();
        repository.AddTarget(name, _content);
        repository.Release();
        using var client = new TufClient(repository);
        if (escaped is null)
        {
            Assert.Equal(TufFailure.UnsafeName, await client.RefusedAsync(name));
            return;
        }

        Assert.Equal(_content, await client.DownloadAsync(name));
        var slash = escaped.LastIndexOf('/') + 1;
        var hash = (string)repository["targets"]["targets"]![name]!["hashes"]!["sha256"]!;
        Assert.Equal($"targets/{escaped[..slash]}{hash}.{escaped[slash..]}", client.Requests[^1]);
        Assert.Single(client.StoredTargets());
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("..")]
    [InlineData("a//b")]
    [InlineData("folder/")]
    [InlineData("line\nbreak")]
    public async Task A_name_that_would_leave_the_folder_of_targets_is_refused_although_it_is_signed(string name)
    {
        var repository = new TufRepository();
        repository.AddTarget(name, _content);
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.UnsafeName, await client.RefusedAsync(name));
        Assert.DoesNotContain(client.Requests, static r => r.StartsWith("targets", StringComparison.Ordinal));
        Assert.Empty(client.StoredTargets());
    }

    [Fact]
    public async Task A_target_that_nobody_lists_is_unknown_but_the_metadata_is_up_to_date()
    {
        using var client = new TufClient(new TufRepository());
        Assert.Equal(TufFailure.UnknownTarget, await client.RefusedAsync("nonexistent"));
        Assert.Equal("0 1 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task A_cached_target_is_not_downloaded_again_while_it_is_the_listed_one()
    {
        var repository = new TufRepository();
        repository.AddTarget("file", _content);
        repository.Release();
        using var client = new TufClient(repository);
        await client.DownloadAsync("file");
        client.Requests.Clear();
        Assert.Equal(_content, await client.DownloadAsync("file"));
        Assert.DoesNotContain(client.Requests, static r => r.StartsWith("targets", StringComparison.Ordinal));

        repository.AddTarget("file", [1, 2, 3]);
        repository.Release();
        Assert.Equal([1, 2, 3], await client.DownloadAsync("file"));
        Assert.Equal(["file"], client.StoredTargets());
        Assert.Equal(
            [1, 2, 3],
            await File.ReadAllBytesAsync(Path.Combine(client.Folder!, "targets", "file"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_target_changed_in_the_cache_is_downloaded_again()
    {
        var repository = new TufRepository();
        repository.AddTarget("file", _content);
        repository.Release();
        using var client = new TufClient(repository);
        await client.DownloadAsync("file");
        await File.WriteAllBytesAsync(
            Path.Combine(client.Folder!, "targets", "file"),
            _content.Reverse().ToArray(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(_content, await client.DownloadAsync("file"));
    }

    [Theory]
    [InlineData("same length, other text", TufFailure.HashMismatch)]
    [InlineData("short", TufFailure.LengthMismatch)]
    [InlineData("much longer than the contents that were signed", TufFailure.TooLarge)]
    public async Task A_substituted_target_is_refused_and_the_good_one_in_the_cache_stays(string malicious, TufFailure reason)
    {
        var repository = new TufRepository();
        var signed = "same length, other teXt"u8.ToArray();
        repository.AddTarget("kept", signed);
        repository.AddTarget("new", signed[..]);
        repository.Release();
        using var client = new TufClient(repository);
        await client.DownloadAsync("kept");
        foreach (var path in repository.Files.Keys.Where(static f => f.StartsWith("targets/", StringComparison.Ordinal)).ToList())
        {
            repository.Files[path] = System.Text.Encoding.UTF8.GetBytes(malicious);
        }

        Assert.Equal(reason, await client.RefusedAsync("new"));
        Assert.Equal(signed, await client.DownloadAsync("kept"));
        Assert.Equal(["kept"], client.StoredTargets());
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_listed_target_that_the_mirror_lacks_is_missing(HttpStatusCode status)
    {
        var repository = new TufRepository();
        repository.AddTarget("file", _content);
        repository.Release();
        using var client = new TufClient(repository)
        {
            Intercept = p => p.StartsWith("targets/", StringComparison.Ordinal) ? new HttpResponseMessage(status) : null,
        };
        Assert.Equal(TufFailure.MissingFile, await client.RefusedAsync("file"));
    }

    [Fact]
    public async Task A_target_larger_than_allowed_is_not_asked_for()
    {
        var repository = new TufRepository();
        repository.AddTarget("file", _content);
        repository["targets"]["targets"]!["file"]!["length"] = 1L << 40;
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.TooLarge, await client.RefusedAsync("file"));
        Assert.Equal("metadata/2.targets.json", client.Requests[^1]);
    }

    [Fact]
    public async Task An_empty_target_is_a_target()
    {
        var repository = new TufRepository();
        repository.AddTarget("empty", []);
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Empty(await client.DownloadAsync("empty"));
    }

    [Fact]
    public async Task Sha512_alone_is_enough()
    {
        var repository = new TufRepository();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(_content));
        repository["targets"]["targets"]!["file"] = new JsonObject
        {
            ["length"] = _content.Length,
            ["hashes"] = new JsonObject { ["sha512"] = hash },
        };
        repository.Files[$"targets/{hash}.file"] = _content;
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(_content, await client.DownloadAsync("file"));
    }
}
