using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using Microsoft.AspNetCore.Http;

namespace Cake.PySign.Tests.Publish;

public sealed class TwineUploaderTests : IDisposable
{
    private readonly CakeRig _rig = new();
    private readonly FilePath _wheel;
    private readonly FilePath _sdist;

    public TwineUploaderTests()
    {
        _wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        _sdist = _rig.Folder.Write("dist/hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist());
        _rig.Folder.Write("python3", "");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_command_line_is_exactly_this_and_the_password_is_not_in_it()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var runner = Twine(server);
        await UploadAsync(runner, Settings(server));
        var start = runner.Starts[^1];
        Assert.Equal(
            $"-m twine --no-color upload --non-interactive --disable-progress-bar --verbose "
                + $"--repository-url {server.PyPI} {_wheel.GetFilename()} "
                + $"{_sdist.GetFilename()}",
            string.Join(
                ' ',
                start.Arguments.Select(one =>
                    one.Contains("hello_pysign-", StringComparison.Ordinal) ? System.IO.Path.GetFileName(one) : one
                )
            )
        );
        Assert.Equal("gitlab-ci-token", start.Variables["TWINE_USERNAME"]);
        Assert.Equal(GitLabServer.JobToken, start.Variables["TWINE_PASSWORD"]);
        Assert.DoesNotContain("canary", start.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_exchanged_after_the_one_reading_is_not_what_twine_is_given()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var (wheel, sdist) = (FileDigest.Of(_wheel), FileDigest.Of(_sdist));
        server.Intercept = context =>
        {
            // The first look at the index: both were read by then, and nothing was sent.
            foreach (var file in new[] { _wheel, _sdist })
            {
                var written = File.GetLastWriteTimeUtc(file.FullPath);
                File.WriteAllText(file.FullPath, new string('x', (int)new FileInfo(file.FullPath).Length));
                File.SetLastWriteTimeUtc(file.FullPath, written);
            }

            return Task.FromResult(false);
        };
        var receipts = await UploadAsync(Twine(server), Settings(server));
        Assert.Equal([wheel, sdist], receipts.Select(receipt => receipt.Sha256));
        Assert.Equal([wheel.Hex, sdist.Hex], server.Instance.Stored().OrderBy(file => file.FileName[^1]).Select(file => file.Sha256));
    }

    [Fact]
    public async Task What_was_uploaded_is_read_back_and_a_second_run_uploads_nothing()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var runner = Twine(server);
        var first = await UploadAsync(runner, Settings(server));
        Assert.All(first, receipt => Assert.Equal(UploadState.Uploaded, receipt.State));
        Assert.Equal([FileDigest.Of(_wheel), FileDigest.Of(_sdist)], first.Select(receipt => receipt.Sha256));
        var count = runner.Starts.Count;
        var second = await UploadAsync(runner, Settings(server));
        Assert.All(second, receipt => Assert.Equal(UploadState.AlreadyThere, receipt.State));
        Assert.Equal(count, runner.Starts.Count);
    }

    [Fact]
    public async Task A_run_that_died_halfway_goes_on_with_what_is_missing()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        await PostAsync(server, _wheel);
        var runner = Twine(server);
        var receipts = await UploadAsync(runner, Settings(server));
        Assert.Equal([UploadState.AlreadyThere, UploadState.Uploaded], receipts.Select(receipt => receipt.State));
        Assert.Equal(_sdist.GetFilename().FullPath, System.IO.Path.GetFileName(runner.Starts[^1].Arguments[^1]));
        Assert.DoesNotContain(runner.Starts[^1].Arguments, one => one.EndsWith(_wheel.GetFilename().FullPath, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_bytes_under_one_name_stop_everything_before_twine_starts()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        await PostAsync(server, _wheel);
        await File.WriteAllBytesAsync(_wheel.FullPath, SampleDistribution.Wheel(body: "print('other')\n"), Token);
        var runner = Twine(server);
        var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(runner, Settings(server)));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.Contains("hello_pysign-1.0.0-py3-none-any.whl: here ", e.Message, StringComparison.Ordinal);
        Assert.Empty(runner.Starts);
    }

    [Fact]
    public async Task A_duplicate_that_is_our_own_lost_answer_is_success()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var runner = Twine(
            server,
            exitCode: 1,
            "ERROR    HTTPError: 400 Bad Request from https://g/x",
            "         {\"message\":\"400 Bad request - Validation failed: File name has already been taken\"}"
        );
        var receipts = await UploadAsync(runner, Settings(server));
        Assert.Equal(2, receipts.Count);
        Assert.Contains("serves exactly these files", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_twine_claims_to_have_uploaded_must_appear_in_the_index()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server);
        settings.ReadBackTimeout = TimeSpan.Zero;
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            UploadAsync(
                new FakeChildProcessRunner(start => FakeChildProcessRunner.Probe(start, "4.0.2") ?? FakeChildProcessRunner.Result(0)),
                settings
            )
        );
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains("does not list", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_differ_from_what_the_index_claims_are_not_believed()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        await PostAsync(server, _wheel);
        server.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/files/", StringComparison.Ordinal))
            {
                return false;
            }

            await context.Response.WriteAsync("swapped");
            return true;
        };
        var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(Twine(server), Settings(server)));
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
    }

    [Fact]
    public async Task A_failure_of_twine_does_not_wait_for_what_is_being_read_back_to_its_end()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/files/", StringComparison.Ordinal))
            {
                return false;
            }

            reading.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };
        var twine = new FailingTwine(server, [_wheel, _sdist], reading.Task);
        var wasImpatient = false;
        var time = new ToldTime(wait => wait == TwineRun.Patience && (wasImpatient = true));
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new TwineUploader(_rig.Services(time: time, processes: twine)).UploadAsync([_wheel, _sdist], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.Forbidden, e.Reason);
        Assert.True(reading.Task.IsCompletedSuccessfully);
        Assert.True(wasImpatient);
    }

    [Fact]
    public async Task A_cancelled_upload_reads_no_further_file()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var runner = Twine(server);

        // Of a file that cannot be read it would be said so.
        await using var locked = new FileStream(_wheel.FullPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Uploader(runner).UploadAsync([_wheel], Settings(server), cancelled.Token)
        );
        Assert.Empty(runner.Starts);
    }

    [Fact]
    public async Task Only_distributions_are_published()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var signature = _rig.Folder.Write("dist/hello_pysign-1.0.0.tar.gz.sig", "x");
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            Uploader(Twine(server)).UploadAsync([_wheel, signature], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.InvalidMetadata, e.Reason);
        Assert.Contains(signature.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task No_credentials_and_no_index_are_errors_before_the_first_request()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            UploadAsync(Twine(server), new TwineUploadSettings { RepositoryUrl = server.PyPI })
        );
        Assert.Contains("TWINE_USERNAME", e.Advice, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<PySignException>(() =>
            UploadAsync(
                Twine(server),
                new TwineUploadSettings
                {
                    RepositoryUrl = new Uri("https://pypi.example/legacy/"),
                    Index = { UserName = "u", Password = "canary-password" },
                }
            )
        );
        Assert.Equal("Set Index.Url.", e.Advice);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Real_twine_publishes_to_the_sandboxs_registry()
    {
        SystemPython.Require("twine.__main__");
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server);
        settings.Python = SystemPython.Path;
        var receipts = await _rig.Context.TwineUpload([_wheel, _sdist], settings, Token);
        Assert.All(receipts, receipt => Assert.Equal(UploadState.Uploaded, receipt.State));
        Assert.Equal(receipts.Select(r => r.Sha256.Hex).Order(), server.Instance.Stored().Select(stored => stored.Sha256).Order());
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
        receipts = await _rig.Context.TwineUpload([_wheel, _sdist], settings, Token);
        Assert.All(receipts, receipt => Assert.Equal(UploadState.AlreadyThere, receipt.State));
    }

    [Fact]
    public async Task Real_twines_refusal_carries_the_registrys_message()
    {
        SystemPython.Require("twine.__main__");
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server);
        settings.Python = SystemPython.Path;
        server.Intercept = async context =>
        {
            if (context.Request.Method != "POST")
            {
                return false;
            }

            context.Response.StatusCode = 400;
            await context.Response.WriteAsJsonAsync(new { message = "400 Bad request - Validation failed: Version is invalid" });
            return true;
        };
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.TwineUpload([_wheel], settings, Token));
        Assert.Equal(PySignFailure.InvalidMetadata, e.Reason);
        Assert.Contains("The registry says: 400 Bad request - Validation failed: Version is invalid", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_twine_with_a_wrong_token_is_told_apart()
    {
        SystemPython.Require("twine.__main__");
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server);
        settings.Python = SystemPython.Path;
        settings.Index.UserName = "somebody";
        settings.Index.Password = "canary-wrong-0123456789";
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.TwineUpload([_wheel], settings, Token));
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.DoesNotContain("canary", e + _rig.Log.Text, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TwineUploadSettings Settings(GitLabServer server) =>
        new()
        {
            RepositoryUrl = server.PyPI,
            Index = { UserName = "gitlab-ci-token", Password = GitLabServer.JobToken },
            Python = _rig.Folder.File("python3"),
        };

    private TwineUploader Uploader(FakeChildProcessRunner runner) => new(_rig.Services(processes: runner));

    private Task<IReadOnlyList<UploadReceipt>> UploadAsync(FakeChildProcessRunner runner, TwineUploadSettings settings) =>
        Uploader(runner).UploadAsync([_wheel, _sdist], settings, Token);

    /// <summary>Uploads what it is told to, as twine would, and ends with the given code and lines.</summary>
    private FakeChildProcessRunner Twine(GitLabServer server, int exitCode = 0, params string[] lines) =>
        new(start =>
        {
            if (FakeChildProcessRunner.Probe(start, "4.0.2") is { } probe)
            {
                return probe;
            }

            foreach (var file in start.Arguments.SkipWhile(argument => argument != server.PyPI.AbsoluteUri).Skip(1))
            {
                PostAsync(server, file).GetAwaiter().GetResult();
            }

            return FakeChildProcessRunner.Result(exitCode, lines);
        });

    private static async Task PostAsync(GitLabServer server, FilePath file) =>
        await PublishedSample.PostAsync(server, file.GetFilename().FullPath, await File.ReadAllBytesAsync(file.FullPath));

    /// <summary>Sends the first file, waits until it is being read back, and is refused the second.</summary>
    private sealed class FailingTwine(GitLabServer server, FilePath[] files, Task reading) : IChildProcessRunner
    {
        public async Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
        {
            if (FakeChildProcessRunner.Probe(start, "4.0.2") is { } probe)
            {
                return probe;
            }

            await PostAsync(server, files[0]);
            foreach (var file in files)
            {
                start.OnLine?.Invoke($"Uploading {file.GetFilename()}");
            }

            await reading.WaitAsync(cancellationToken);
            return FakeChildProcessRunner.Result(1, "ERROR    HTTPError: 403 Forbidden from https://g/x");
        }
    }
}
