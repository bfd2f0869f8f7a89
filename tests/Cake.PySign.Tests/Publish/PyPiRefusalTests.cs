using Cake.PySign.Publish;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Publish;

/// <summary>What a person sees of each of PyPI's answers to an upload, whose text is in the reason phrase.</summary>
public sealed class PyPiRefusalTests
{
    [Fact]
    public async Task The_same_bytes_are_success_also_where_the_index_does_not_show_them_yet()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithToken() with { IndexDelay = 4 };
        var wheel = rig.Wheel();
        Assert.Equal(UploadState.Uploaded, Assert.Single(await rig.UploadAsync(rig.Settings(), wheel)).State);
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(await rig.UploadAsync(rig.Settings(), wheel)).State);
        Assert.Single(rig.Index.Stored);
        Assert.True(rig.Time.Waited > TimeSpan.Zero);
    }

    [Fact]
    public async Task An_upload_of_what_is_hidden_by_a_cache_is_answered_200_and_stored_once()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithToken() with { IndexDelay = 1 };
        var wheel = rig.Wheel();
        await rig.PostAsync(wheel);
        Assert.Equal(UploadState.Uploaded, Assert.Single(await rig.UploadAsync(rig.Settings(), wheel)).State);
        Assert.Single(rig.Index.Stored);
    }

    [Fact]
    public async Task Credentials()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithToken("another-project");
        await rig.RefusedAsync(rig.Settings(), PySignFailure.Forbidden, "the token is for another project", rig.Wheel());
        rig.Index.Options = new PyPiOptions();
        await rig.RefusedAsync(
            rig.Settings(),
            PySignFailure.Unauthorized,
            "403 Invalid or non-existent authentication information",
            rig.Wheel()
        );
        rig.Index.Options = PyPiRig.WithToken() with { UploadsDisabled = true };
        await rig.RefusedAsync(rig.Settings(), PySignFailure.Forbidden, "no uploads are taken now", rig.Wheel());
        rig.Index.Options = PyPiRig.WithToken() with { RateLimited = true };
        await rig.RefusedAsync(rig.Settings(), PySignFailure.Unreachable, "429 Too Many Requests", rig.Wheel());
        Assert.Empty(rig.Index.Stored);
    }

    [Fact]
    public async Task Names_and_versions()
    {
        await using var rig = await PyPiRig.StartAsync();
        var wheel = rig.Wheel();
        await rig.UploadAsync(rig.Settings(), wheel);
        var renamed = rig.Cake.Folder.Write(
            "dist/hello_pysign-1.0.0-1-py3-none-any.whl",
            await File.ReadAllBytesAsync(wheel.FullPath, Token)
        );
        await rig.RefusedAsync(
            rig.Settings(),
            PySignFailure.InvalidName,
            "the same bytes are there as hello_pysign-1.0.0-py3-none-any.whl",
            renamed
        );
        var e = await rig.RefusedAsync(rig.Settings(), PySignFailure.Conflict, "nothing was uploaded", rig.Wheel(body: "import os\n"));
        Assert.Contains("publish a new version", e.Advice, StringComparison.Ordinal);
        rig.Index.Delete("hello_pysign-1.0.0-py3-none-any.whl");
        await rig.RefusedAsync(rig.Settings(), PySignFailure.InvalidName, "belonged to a file that was deleted", rig.Wheel());
        await rig.RefusedAsync(rig.Settings(), PySignFailure.InvalidMetadata, "local part", rig.Wheel("2.0.0+x"));
        var other = rig.Cake.Folder.Write("dist/Hello.Pysign-1.0.0.tar.gz", await File.ReadAllBytesAsync(rig.Sdist().FullPath, Token));
        await rig.RefusedAsync(rig.Settings(), PySignFailure.InvalidName, "should be 'hello_pysign-1.0.0.tar.gz'", other);
    }

    [Fact]
    public async Task Releases_that_take_no_more_and_files_that_are_too_much()
    {
        await using var rig = await PyPiRig.StartAsync();
        await rig.UploadAsync(rig.Settings(), rig.Wheel());
        rig.Index.Options = PyPiRig.WithToken() with { ReleaseAgeDays = 15 };
        await rig.RefusedAsync(rig.Settings(), PySignFailure.InvalidMetadata, "the release is too old to get more files", rig.Sdist());
        rig.Index.Options = PyPiRig.WithToken() with { MaxBytes = 10 };
        await rig.RefusedAsync(rig.Settings(), PySignFailure.TooLarge, "File too large", rig.Sdist());
    }

    [Theory]
    [InlineData(PySignFailure.InvalidMetadata, "the release has another sdist already", "400 Only one sdist may be uploaded per release.")]
    [InlineData(
        PySignFailure.DigestMismatch,
        "other bytes than were announced",
        "400 The digest supplied does not match a digest calculated from the uploaded file."
    )]
    [InlineData(
        PySignFailure.Forbidden,
        "a trusted publisher does not create one",
        "400 Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but "
            + "specifying the project name incorrectly."
    )]
    [InlineData(
        PySignFailure.AttestationRefused,
        "only with a token of trusted publishing",
        "400 Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing"
    )]
    [InlineData(
        PySignFailure.AttestationRefused,
        "upper and lower case count",
        "400 Invalid attestations supplied during upload: Could not verify the uploaded artifact using the included attestation: Build "
            + "Config URI does not match"
    )]
    [InlineData(
        PySignFailure.AttestationRefused,
        "the attestations of a file were refused",
        "400 Invalid attestations supplied during upload: Malformed attestations: an empty attestation set is not permitted"
    )]
    [InlineData(
        PySignFailure.AttestationRefused,
        "unsupported predicate type",
        "400 Invalid attestations supplied during upload: Attestation with unsupported predicate type: https://x/v1"
    )]
    [InlineData(
        PySignFailure.AttestationRefused,
        "Multiple attestations",
        "400 Invalid attestations supplied during upload: Multiple attestations for the same file with the same predicate type"
    )]
    [InlineData(
        PySignFailure.InvalidMetadata,
        "does not contain the required RECORD",
        "400 Wheel 'a-1-py3-none-any.whl' does not contain the required RECORD file: a-1.dist-info/RECORD"
    )]
    [InlineData(
        PySignFailure.InvalidMetadata,
        "unsupported platform tag",
        "400 Binary wheel 'a-1-cp312-cp312-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'."
    )]
    [InlineData(PySignFailure.InvalidMetadata, "Version in filename should be", "400 Version in filename should be '1.0' not '2.0'.")]
    [InlineData(PySignFailure.TooLarge, "Project size too large", "400 Project size too large. Limit for project 'a' total size is 10 GB.")]
    public void What_twine_prints_of_a_refusal_has_its_reason_and_the_indexs_own_words(PySignFailure reason, string words, string phrase)
    {
        string[] lines =
        [
            "Uploading distributions to https://upload.pypi.org/legacy/",
            "INFO     Response from https://upload.pypi.org/legacy/:",
            $"         {phrase}",
            $"ERROR    HTTPError: {phrase} from https://upload.pypi.org/legacy/",
            $"         {phrase[4..]}",
        ];
        var e = TwineOutput.Classify(lines, 1, new Uri("https://upload.pypi.org/legacy/"));
        Assert.Equal(reason, e.Reason);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Contains($"The registry says: {phrase}", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Advice);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
