using System.Text;
using Cake.PySign.Common.Statements;
using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;
using PySign.Formats;

namespace Cake.PySign.Tests.Consume;

/// <summary>
/// A registry that hides or adds files of which every one is truly signed, or that tampers with the statement about which files there are:
/// each is stopped for its own reason, and nothing of it stays.
/// </summary>
public sealed class StatementAdversaryTests(SandboxFixture fixture) : IDisposable
{
    private const string Second = "hello_pysign-1.0.0-cp312-abi3-any.whl";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wheel_hidden_among_several_is_missed_also_when_its_signature_is_hidden_with_it(bool withItsBundle)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await published.AddAsync(Second, SampleDistribution.Wheel(body: "fast = True\n"));
        await published.PublishStatementAsync(published.Content.Keys);
        Assert.Equal(3, (await published.VerifyAsync()).Statement!.FileDigests.Count);
        Directory.Delete(published.Settings.OutputDirectory!.FullPath, recursive: true);

        published.ServeIndex((PublishedRelease.Wheel, null), (PublishedRelease.Sdist, null));
        if (withItsBundle)
        {
            published.Drop(Second + ".sigstore.json");
        }

        await OnlyAsync(published, Second, ReleaseFailure.DistributionMissing, "the index does not have it");

        // Nothing else notices: each file that is left is truly signed.
        published.WritePolicy(published.PolicyWithRelease("statement = \"none\""));
        var release = await published.VerifyAsync();
        Assert.Null(release.Statement);
        Assert.Equal(2, release.Files.Count);
        Assert.Contains("not known", release.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_same_identity_truly_signed_and_that_is_not_of_the_release_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await published.AddAsync(Second, SampleDistribution.Wheel(body: "debug = True\n"));
        await OnlyAsync(published, Second, ReleaseFailure.DistributionUnexpected, "not in the signed statement");
    }

    [Fact]
    public async Task Other_bytes_that_the_same_identity_truly_signed_under_the_same_name_are_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var earlier = SampleDistribution.Wheel(body: "an earlier build of the same tag\n");
        published.Serve($"/{PublishedRelease.Wheel}", context => context.Response.Body.WriteAsync(earlier).AsTask());
        published.ServeIndex((PublishedRelease.Wheel, SampleDistribution.Sha256(earlier)), (PublishedRelease.Sdist, null));
        await published.PublishSignatureAsync(PublishedRelease.Wheel, earlier);
        await OnlyAsync(published, PublishedRelease.Wheel, ReleaseFailure.DistributionChanged, SampleDistribution.Sha256(earlier));
    }

    [Fact]
    public async Task A_dropped_statement_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Drop(PublishedRelease.Statement);
        await OnlyAsync(
            published,
            PublishedRelease.Statement,
            ReleaseFailure.StatementMissing,
            "There is no hello_pysign-1.0.0.release.sigstore.json"
        );
    }

    [Theory]
    [InlineData("v0.9.0", "refs/tags/v0.9.0")]
    [InlineData("v1.0.0", "pkg:pypi/hello-pysign@0.9.0")]
    public async Task The_statement_of_an_older_version_is_refused_by_its_signer_and_by_what_it_says(string tag, string said)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var older = ReleaseStatement.About([KeyValuePair.Create("hello_pysign-0.9.0.tar.gz", Sha256Digest.Of([]))]);
        await published.PutAsync(PublishedRelease.Statement, await published.SignStatementAsync(older.ToStatement(), tag));
        await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, said);
    }

    [Fact]
    public async Task The_statement_of_another_project_by_the_same_signer_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var other = ReleaseStatement.About([KeyValuePair.Create("hello_other-1.0.0.tar.gz", Sha256Digest.Of([]))]);
        await published.PutAsync(PublishedRelease.Statement, await published.SignStatementAsync(other.ToStatement()));
        await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, "pkg:pypi/hello-other@1.0.0");
    }

    [Fact]
    public async Task A_statement_that_somebody_else_signed_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await published.PutAsync(
            PublishedRelease.Statement,
            await published.SignStatementAsync(About(published), project: "mallory/hello-pysign")
        );
        await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, "mallory");
    }

    [Fact]
    public async Task The_true_signature_of_a_file_in_the_place_of_the_statement_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var wheel = await published.SignAsync(PublishedRelease.Wheel, published.Content[PublishedRelease.Wheel]);
        await published.PutAsync(
            PublishedRelease.Statement,
            await File.ReadAllBytesAsync(wheel.Bundle.FullPath, TestContext.Current.CancellationToken)
        );
        await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, "found a signature of a file");
    }

    [Fact]
    public async Task The_statement_in_the_place_of_a_files_signature_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await published.PutAsync(PublishedRelease.Wheel + ".sigstore.json", await published.SignStatementAsync(About(published)));
        await OnlyAsync(published, PublishedRelease.Wheel, ReleaseFailure.SignatureRefused, "an attestation about the file");
    }

    [Fact]
    public async Task A_statement_with_a_file_taken_out_after_it_was_signed_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var whole = About(published);
        var less = ReleaseStatement
            .About([KeyValuePair.Create(PublishedRelease.Wheel, SampleDistribution.Sha256(published.Content[PublishedRelease.Wheel]))])
            .ToStatement();
        var bundle = Encoding
            .UTF8.GetString(await published.SignStatementAsync(whole))
            .Replace(Base64(whole), Base64(less), StringComparison.Ordinal);
        Assert.Contains(Base64(less), bundle, StringComparison.Ordinal);
        await published.PutAsync(PublishedRelease.Statement, Encoding.UTF8.GetBytes(bundle));
        published.ServeIndex((PublishedRelease.Wheel, null));
        await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, "SignatureInvalid");

        static string Base64(InTotoStatement statement) => Convert.ToBase64String(statement.Utf8Json.Span);
    }

    [Fact]
    public async Task A_truly_signed_statement_that_is_none_about_one_release_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        (string Text, string Instead, string Said)[] cases =
        [
            ("\"name\":\"hello_pysign-1.0.0.tar.gz\"", "\"name\":\"hello_pysign-1.0.0-py3-none-any.whl\"", "twice"),
            ("\"name\":\"hello_pysign-1.0.0.tar.gz\"", "\"name\":\"HELLO_pysign-1.0.0-py3-none-any.whl\"", "twice"),
            ("hello_pysign-1.0.0.tar.gz", "../hello_pysign-1.0.0.tar.gz", "wheels and source distributions"),
            ("hello_pysign-1.0.0.tar.gz", "hello_pysign-0.9.0.tar.gz", "files of hello-pysign 1.0.0 alone"),
            ("attestation/release/v0.1", "attestation/test-result/v0.1", "predicateType"),
            ("pkg:pypi/hello-pysign@1.0.0", "pkg:pypi/hello-pysign", "a purl such as"),
            ("Statement/v1", "Statement/v0.1", "_type"),
        ];
        foreach (var (text, instead, said) in cases)
        {
            var odd = Encoding.UTF8.GetString(About(published).Utf8Json.Span).Replace(text, instead, StringComparison.Ordinal);
            await published.PutAsync(
                PublishedRelease.Statement,
                await published.SignStatementAsync(InTotoStatement.Parse(Encoding.UTF8.GetBytes(odd)))
            );
            await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, said);
        }
    }

    [Fact]
    public async Task A_login_page_is_no_statement()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Serve($"/{PublishedRelease.Statement}", Adversary.LoginPage);
        await OnlyAsync(published, PublishedRelease.Statement, ReleaseFailure.StatementRefused, "JsonMalformed");
    }

    private static InTotoStatement About(PublishedRelease published) =>
        ReleaseStatement
            .About(published.Content.Select(file => KeyValuePair.Create(file.Key, SampleDistribution.Sha256(file.Value))))
            .ToStatement();

    /// <summary>Refused for this reason and for no other.</summary>
    private static async Task OnlyAsync(PublishedRelease published, string file, ReleaseFailure reason, string said)
    {
        var e = await Assert.ThrowsAsync<ReleaseVerificationException>(() => published.VerifyAsync());
        var problem = Assert.Single(e.Problems);
        Assert.Equal((file, reason), (problem.FileName, problem.Reason));
        Assert.Contains(said, problem.Explanation, StringComparison.Ordinal);
        published.NothingStays();
    }
}
