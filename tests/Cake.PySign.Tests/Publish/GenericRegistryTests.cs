using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using Microsoft.AspNetCore.Http;

namespace Cake.PySign.Tests.Publish;

public sealed class GenericRegistryTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Files_are_uploaded_and_read_back()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var one = _rig.Folder.Write("dist/a-1.0.tar.gz.sigstore.json", "{}");
        var two = _rig.Folder.Write("dist/a-1.0.tar.gz.sig", "c2ln");
        var receipts = await _rig.Context.GenericUpload([one, two], Settings(server), Token);
        Assert.Equal([one.FullPath, two.FullPath], receipts.Select(receipt => receipt.Path.FullPath));
        Assert.All(receipts, receipt => Assert.Equal(UploadState.Uploaded, receipt.State));
        Assert.Equal(receipts.Select(r => r.Sha256.Hex).Order(), server.Instance.Stored().Select(stored => stored.Sha256).Order());
        Assert.Equal($"{server.Generic}/hello-pysign/1.0.0/a-1.0.tar.gz.sig", receipts[1].Url.AbsoluteUri);
        Assert.Equal(4, receipts[1].Size);
    }

    [Fact]
    public async Task The_same_bytes_again_are_success_and_nothing_is_sent()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var file = _rig.Folder.Write("dist/a.sig", "c2ln");
        await _rig.Context.GenericUpload([file], Settings(server), Token);
        server.Requests.Clear();
        var again = await _rig.Context.GenericUpload([file], Settings(server), Token);
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(again).State);
        Assert.DoesNotContain(server.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_bytes_under_one_name_stop_all_before_the_first_upload()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var taken = _rig.Folder.Write("dist/a.sig", "first");
        await _rig.Context.GenericUpload([taken], Settings(server), Token);
        _rig.Folder.Write("dist/a.sig", "second");
        var fresh = _rig.Folder.Write("dist/b.sig", "new");
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([fresh, taken], Settings(server), Token));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.Contains("a.sig: here ", e.Message, StringComparison.Ordinal);
        Assert.Equal("a.sig", Assert.Single(server.Instance.Stored()).FileName);
    }

    [Fact]
    public async Task However_many_names_are_taken_the_registrys_list_is_read_once()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var files = Enumerable.Range(1, 5).Select(number => _rig.Folder.Write($"dist/{number}.sig", "first")).ToList();
        await _rig.Context.GenericUpload(files, Settings(server), Token);
        foreach (var file in files)
        {
            _rig.Folder.Write($"dist/{file.GetFilename()}", "second");
        }

        server.Requests.Clear();
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload(files, Settings(server), Token));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.All(files, file => Assert.Contains($"{file.GetFilename()}: here ", e.Message, StringComparison.Ordinal));
        Assert.Single(server.Requests, request => request.EndsWith("/package_files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_that_serves_other_bytes_than_were_sent_is_not_believed()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var sent = false;
        server.Intercept = async context =>
        {
            sent |= context.Request.Method == "PUT";
            if (
                !sent
                || context.Request.Method != "GET"
                || !context.Request.Path.Value!.Contains("/packages/generic/", StringComparison.Ordinal)
            )
            {
                return false;
            }

            await context.Response.WriteAsync("something else");
            return true;
        };
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.Conflict, e.Reason);
    }

    [Fact]
    public async Task A_wrong_token_stops_with_the_registrys_message()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server);
        settings.Store.Token = "canary-wrong-0123456789";
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], settings, Token)
        );
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.Contains("401 Unauthorized", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello pysign", "1.0", "a.sig", "package name")]
    [InlineData("hello-pysign", "1..0", "a.sig", "package version")]
    [InlineData("hello-pysign", "1.0", "a b.sig", "file name")]
    [InlineData("hello-pysign", "1.0", "~a.sig", "file name")]
    public async Task Names_the_registry_would_refuse_are_refused_before_the_first_request(
        string package,
        string version,
        string file,
        string named
    )
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server);
        settings.Store.Name = package;
        settings.Store.Version = version;
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write(file, "x")], settings, Token)
        );
        Assert.Equal(PySignFailure.InvalidName, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_empty_list_a_missing_file_and_a_file_named_twice_are_errors()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var file = _rig.Folder.Write("a.sig", "x");
        Assert.Equal(PySignFailure.NothingToDo, await ReasonAsync([]));
        Assert.Equal(PySignFailure.MissingFile, await ReasonAsync(["nowhere.sig"]));
        Assert.Equal(PySignFailure.InvalidSettings, await ReasonAsync([file, "./a.sig"]));
        Assert.Equal(PySignFailure.InvalidSettings, await ReasonAsync([file, _rig.Folder.Write("other/a.sig", "y")]));
        Assert.Empty(server.Requests);

        async Task<PySignFailure> ReasonAsync(FilePath[] files) =>
            (await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload(files, Settings(server), Token))).Reason;
    }

    [Theory]
    [InlineData("http://registry.example/packages/generic", "plain http")]
    [InlineData("https://user:canary-secret-1@registry.example/packages/generic", "credentials")]
    [InlineData("https://registry.example/packages/generic?private_token=canary-secret-1", "query")]
    public async Task An_address_that_would_leak_the_token_is_refused(string url, string named)
    {
        var settings = new GenericUploadSettings
        {
            Store =
            {
                Url = new Uri(url),
                Name = "a",
                Version = "1",
                Token = "canary-token-123",
            },
        };
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], settings, Token)
        );
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_uploaded_comes_down_again()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var file = _rig.Folder.Write("a.sig", Encoding.UTF8.GetBytes("signature"));
        await _rig.Context.GenericUpload([file], Settings(server), Token);
        var got = Assert.Single(await _rig.Context.GenericDownload(["a.sig"], Download(server), Token));
        Assert.Equal("signature", await File.ReadAllTextAsync(got.Path.FullPath, Token));
        Assert.Equal(FileDigest.Of(file), got.Sha256);
        Assert.Equal(["a.sig"], Directory.GetFiles(_rig.Folder.Folder("consumer").FullPath).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public async Task A_signature_that_is_not_there_is_an_error_and_leaves_no_file()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericDownload(["gone.sig"], Download(server), Token));
        Assert.Equal(PySignFailure.NotFound, e.Reason);
        Assert.Empty(Directory.GetFiles(_rig.Folder.Folder("consumer").FullPath));
    }

    [Fact]
    public async Task A_token_does_not_follow_to_object_storage()
    {
        await using var storage = await GitLabServer.StartAsync(_rig.Folder);
        var seen = new List<string>();
        storage.Intercept = async context =>
        {
            lock (seen)
            {
                seen.AddRange(context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"));
            }

            await context.Response.WriteAsync("signature");
            return true;
        };
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        server.Intercept = context =>
        {
            context.Response.Redirect($"{storage.BaseUrl}bucket/a.sig?X-Signature=abc");
            return Task.FromResult(true);
        };
        var got = Assert.Single(await _rig.Context.GenericDownload(["a.sig"], Download(server), Token));
        Assert.Equal("signature", await File.ReadAllTextAsync(got.Path.FullPath, Token));
        Assert.NotEmpty(seen);
        Assert.DoesNotContain(seen, header => header.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain("X-Signature", got.Url.AbsoluteUri, StringComparison.Ordinal);

        var strict = Download(server);
        strict.Network.StorageRedirects = PySignChoice.Never;
        strict.OutputDirectory = _rig.Folder.Folder("strict");
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericDownload(["a.sig"], strict, Token));
        Assert.Equal(PySignFailure.Redirected, e.Reason);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static GenericUploadSettings Settings(GitLabServer server) =>
        new()
        {
            Store =
            {
                Url = server.Generic,
                Name = "hello-pysign",
                Version = "1.0.0",
                Token = GitLabServer.JobToken,
            },
        };

    private GenericDownloadSettings Download(GitLabServer server) =>
        new()
        {
            Store =
            {
                Url = server.Generic,
                Name = "hello-pysign",
                Version = "1.0.0",
                Token = GitLabServer.JobToken,
            },
            OutputDirectory = _rig.Folder.Folder("consumer"),
        };
}
