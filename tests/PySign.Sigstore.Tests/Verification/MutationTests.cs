using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>
/// Bundles, trusted roots, certificates and timestamps with random damage: none is accepted with a changed meaning, none causes any other
/// exception, none takes more memory than a few documents. PYSIGN_MUTATIONS sets how many, and each number is a run of its own that can be
/// repeated.
/// </summary>
public sealed class MutationTests
{
    private static readonly int _rounds = int.TryParse(
        Environment.GetEnvironmentVariable("PYSIGN_MUTATIONS"),
        CultureInfo.InvariantCulture,
        out var rounds
    )
        ? rounds
        : 4000;

    // The same texts every day.
    private static readonly Config _always = Config.QuickThrowOnFailure.WithReplay(
        FSharpOption<Replay>.Some(new Replay(new Rnd(20260603, 1), null))
    );

    // A verification takes some tens of KiB, a trusted root ten times that.
    private const long MostBytes = 4 << 20;

    private static readonly VerificationPolicy _policy = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_damaged_document_is_accepted_with_another_meaning(bool rekorV2)
    {
        var forge = new Forge
        {
            RekorV2 = rekorV2,
            Timestamp = new ForgedTimestamp { EmbedOwn = true },
        };
        var bundle = Encoding.UTF8.GetBytes(forge.BundleJson().ToJsonString());
        var root = Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString());
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(root));
        var random = new Random(_rounds);
        for (var round = 0; round < _rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var ofRoot = round % 5 == 0;
            var mutated =
                round % 2 == 0 ? Damage.Bytes(ofRoot ? root : bundle, random) : Damage.Base64Field(ofRoot ? root : bundle, random);
            try
            {
                var read = Bundle.Parse(ofRoot ? bundle : mutated);
                var verified = (ofRoot ? new SigstoreVerifier(TrustedRoot.Parse(mutated)) : verifier).Verify(
                    read,
                    Artifact.FromBytes(forge.Artifact),
                    _policy
                );

                // Harmless damage exists (a space, a number's quotes, an untrusted timestamp); who signed what must be as before.
                Assert.Equal(Forge.Identity, verified.Identity);
                Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(forge.Artifact)), verified.Sha256);
                Assert.Equal(rekorV2 ? 1 : 1000, Assert.Single(verified.LogEntries).LogIndex);
            }
            catch (VerificationException e)
            {
                Assert.NotEmpty(e.Expected);
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"round {round} of {_rounds}: {e}");
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(bytes < MostBytes, $"round {round} of {_rounds}: {bytes} bytes");
        }
    }

    [Fact]
    public void No_random_text_is_a_bundle_a_trusted_root_a_key_or_a_pair()
    {
        Check.One(
            _always,
            Prop.ForAll<byte[]>(
                ArbMap.Default.ArbFor<byte[]>(),
                static bytes =>
                {
                    Assert.Throws<VerificationException>(() => Bundle.Parse(bytes));
                    Assert.Throws<VerificationException>(() => Bundle.ParseCosign(bytes));
                    Assert.Throws<VerificationException>(() => TrustedRoot.Parse(bytes));
                    Assert.Throws<VerificationException>(() => DetachedSignature.Parse(bytes, bytes));
                    Assert.Throws<VerificationException>(() => PySign.Sigstore.Timestamps.TimestampToken.Parse(bytes));
                }
            )
        );
        Check.One(
            _always,
            Prop.ForAll<string>(
                ArbMap.Default.ArbFor<string>(),
                static text =>
                {
                    Assert.Throws<VerificationException>(() => ManagedKey.ParsePem(text ?? ""));
                    Assert.Throws<VerificationException>(() => PySign.Sigstore.Transparency.Checkpoint.Parse(text ?? ""));
                }
            )
        );
    }

    public static TheoryData<int, Func<int, string>> Bombs() =>
        new()
        {
            { 1_000_000, static n => new string('[', n) },
            { 100_000, static n => string.Concat(Enumerable.Repeat("{\"a\":", n)) },
            { 8_000_000, static n => "{\"mediaType\":\"" + new string('a', n) + "\"}" },
            { 2_000_000, static n => "[" + string.Join(',', Enumerable.Repeat("0", n)) + "]" },
            { 200_000, static n => "{" + string.Join(',', Enumerable.Range(0, n).Select(static i => $"\"a{i}\":0")) + "}" },
        };

    [Theory]
    [MemberData(nameof(Bombs), DisableDiscoveryEnumeration = true)]
    public void Deep_wide_and_long_documents_are_refused_in_time_that_grows_with_them(int size, Func<int, string> text) =>
        Growth.AssertLinear(
            size,
            count => Encoding.UTF8.GetBytes(text(count)),
            static bytes => Assert.Throws<VerificationException>(() => Bundle.Parse(bytes))
        );

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"mediaType\":\"\\udc00\"}")]
    public void Half_a_surrogate_is_refused(string text) =>
        Assert.Throws<VerificationException>(() => Bundle.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_document_beyond_its_size_is_refused() =>
        Assert.Equal(
            VerificationFailure.DocumentTooLarge,
            Assert.Throws<VerificationException>(() => Bundle.Parse(new byte[(16 << 20) + 1])).Reason
        );

    [Fact]
    public void No_truncation_and_no_flipped_bit_of_a_certificate_is_anything_but_a_reasoned_refusal()
    {
        var der = new Forge().Leaf();
        for (var length = 0; length < der.Length; length++)
        {
            Assert.Equal(
                VerificationFailure.CertificateMalformed,
                Assert.Throws<VerificationException>(() => Certificate.Parse(der.AsMemory(0, length))).Reason
            );
        }

        for (var bit = 0; bit < der.Length * 8; bit++)
        {
            var changed = (byte[])der.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                CertificateIdentity.Read(Certificate.Parse(changed));
            }
            catch (VerificationException e)
            {
                Assert.NotEmpty(e.Advice);
            }
        }
    }
}
