using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>Bundles that real projects published, made by cosign, sigstore-python, -js, -go, -java, -rs, GitHub and SLSA's
/// generators.</summary>
public sealed class RealBundleTests
{
    private static readonly Lazy<IReadOnlyList<RealBundle>> _index = new(Read);

    private static readonly VerifierOptions _strict = new();

    public static TheoryData<string> Files() => Corpora.Root is null ? ["absent"] : [.. _index.Value.Select(static one => one.File)];

    [Fact]
    public void The_corpus_is_whole()
    {
        Corpora.Require("real-bundles");
        Assert.Equal(83, _index.Value.Count);
        Assert.Equal(75, _index.Value.Count(static one => one.Expected == "accept"));
        Assert.Equal(5, _index.Value.Count(static one => one.Expected == "root-in-bundle"));
        Assert.Equal(2, _index.Value.Count(static one => one.Expected == "no-log"));
        Assert.Equal(1, _index.Value.Count(static one => one.Expected == "origin"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_real_bundle_has_the_verdict_that_it_deserves(string file)
    {
        var one = Find(file);
        if (one.Expected is "accept" or "origin")
        {
            AssertAccepted(one, _strict);
            return;
        }

        var (reason, allowed, spoken) = one.Expected switch
        {
            "root-in-bundle" => (
                VerificationFailure.RootCertificateInBundle,
                new VerifierOptions { AcceptOldBundles = true },
                nameof(VerifierOptions.AcceptOldBundles)
            ),
            _ => (VerificationFailure.LogEntryMissing, new VerifierOptions { RequireLog = false }, nameof(VerifierOptions.RequireLog)),
        };
        var refusal = Refusal(() => one.Verify(_strict));
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains("is not damaged", refusal.Advice, StringComparison.Ordinal);
        Assert.Contains(spoken, refusal.Advice, StringComparison.Ordinal);
        AssertAccepted(one, allowed);
    }

    [Fact]
    public void An_option_allows_only_what_it_names()
    {
        Corpora.Require("real-bundles");
        foreach (var one in _index.Value.Where(static one => one.Expected == "no-log"))
        {
            Assert.Equal(
                VerificationFailure.LogEntryMissing,
                Refusal(() => one.Verify(new VerifierOptions { AcceptOldBundles = true, AcceptUnloggedKeys = true })).Reason
            );
        }

        foreach (var one in _index.Value.Where(static one => one.Expected == "root-in-bundle"))
        {
            Assert.Equal(
                VerificationFailure.RootCertificateInBundle,
                Refusal(() => one.Verify(new VerifierOptions { RequireLog = false, AcceptUnloggedKeys = true })).Reason
            );
        }
    }

    [Theory]
    [InlineData("prod github", true)]
    [InlineData("github prod", true)]
    [InlineData("staging scaff", false)]
    public void A_file_of_several_roots_believes_each_of_them_and_no_mixture(string roots, bool accepts)
    {
        Corpora.Require("real-bundles");
        var lines = roots.Split(' ').Select(name => JsonLine(Path.Combine(Corpora.Require("real-bundles"), "roots", name + ".json")));
        var root = TrustedRoot.Parse(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        foreach (var one in _index.Value.Where(static one => one.Root is "prod" or "github").Take(12))
        {
            var options = new VerifierOptions { RequireLog = one.Expected != "no-log", AcceptOldBundles = true };
            if (accepts)
            {
                Assert.Equal(one.Identity, one.Verify(options, root: root).Identity);
            }
            else
            {
                Assert.Contains(
                    Refusal(() => one.Verify(options, root: root)).Reason,
                    (VerificationFailure[])[VerificationFailure.LogUnknown, VerificationFailure.TimestampAuthorityUntrusted]
                );
            }
        }
    }

    [Fact]
    public void A_bundle_of_another_instance_is_refused_as_that()
    {
        Corpora.Require("real-bundles");
        var staging = TrustedRoot.Load(Path.Combine(Corpora.Require("real-bundles"), "roots", "staging.json"));
        var one = _index.Value.First(static one => one is { Root: "prod", Expected: "accept" });
        Assert.Equal(VerificationFailure.LogUnknown, Refusal(() => one.Verify(_strict, root: staging)).Reason);
        Assert.Equal(RefusalKind.AnotherInstance, Refusal(() => one.Verify(_strict, root: staging)).Kind);
    }

    private static void AssertAccepted(RealBundle one, VerifierOptions options)
    {
        var verified = one.Verify(options);
        Assert.Equal(one.Identity, verified.Identity);
        Assert.Equal(one.Issuer, verified.Issuer);
        Assert.Equal(one.Sha256, verified.Sha256);

        var changed = (one.Sha256[0] == '0' ? '1' : '0') + one.Sha256[1..];
        Assert.Contains(
            Refusal(() => one.Verify(options, sha256: changed)).Reason,
            (VerificationFailure[])
                [VerificationFailure.MessageDigestMismatch, VerificationFailure.SubjectMismatch, VerificationFailure.SignatureInvalid]
        );
        Assert.Equal(VerificationFailure.IdentityMismatch, Refusal(() => one.Verify(options, identity: one.Identity + "x")).Reason);
        Assert.Equal(VerificationFailure.IssuerMismatch, Refusal(() => one.Verify(options, issuer: one.Issuer + "/")).Reason);
    }

    private static VerificationException Refusal(Func<VerifiedArtifact> verify) => Assert.Throws<VerificationException>(verify);

    private static RealBundle Find(string file)
    {
        Corpora.Require("real-bundles");
        return _index.Value.Single(one => one.File == file);
    }

    private static string JsonLine(string path)
    {
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(path));
        return System.Text.Json.JsonSerializer.Serialize(document.RootElement);
    }

    private static IReadOnlyList<RealBundle> Read() =>
        [
            .. File.ReadLines(Path.Combine(Corpora.Root!, "real-bundles", "INDEX.tsv"))
                .Skip(1)
                .Select(static line => line.Split('\t'))
                .Select(static f => new RealBundle(f[0], f[2], f[3], f[4], f[5].Replace("sha256:", "", StringComparison.Ordinal), f[6])),
        ];

    private sealed record RealBundle(string File, string Root, string Identity, string Issuer, string Sha256, string Expected)
    {
        private static string Folder => Path.Combine(Corpora.Root!, "real-bundles");

        public VerifiedArtifact Verify(
            VerifierOptions options,
            string? sha256 = null,
            string? identity = null,
            string? issuer = null,
            TrustedRoot? root = null
        ) =>
            new SigstoreVerifier(root ?? TrustedRoot.Load(Path.Combine(Folder, "roots", Root + ".json")), options).Verify(
                Bundle.Load(Path.Combine(Folder, File)),
                Artifact.FromSha256(Sha256Digest.Parse(sha256 ?? Sha256)),
                VerificationPolicy.Exact(identity ?? Identity, issuer ?? Issuer)
            );
    }
}
