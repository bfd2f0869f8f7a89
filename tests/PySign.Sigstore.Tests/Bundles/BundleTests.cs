using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Bundles;

public sealed class BundleTests
{
    private static readonly Forge _forge = new();
    private static readonly string _good = _forge.BundleJson().ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"mediaType\":", "{\"mediaType\":\"x\",\"mediaType\":")]
    [InlineData("{\"mediaType\":", "{\"media\\u0054ype\":\"x\",\"mediaType\":")]
    [InlineData("\"logIndex\":\"1000\"", "\"logIndex\":\"1000\",\"logIndex\":\"1000\"")]
    [InlineData("\"rawBytes\":", "\"rawBytes\":\"AAAA\",\"rawBytes\":")]
    [InlineData("\"logIndex\":\"1000\"", "\"logIndex\":\"1000\",")]
    [InlineData("\"logIndex\":\"1000\"", "/* */\"logIndex\":\"1000\"")]
    [InlineData("{\"mediaType\":", "\uFEFF{\"mediaType\":")]
    public void Json_that_two_readers_could_read_differently_is_refused(string find, string replacement)
    {
        Assert.Contains(find, _good, StringComparison.Ordinal);
        var changed = _good.Replace(find, replacement, StringComparison.Ordinal);
        Assert.Equal(
            VerificationFailure.JsonMalformed,
            Assert.Throws<VerificationException>(() => Bundle.Parse(Encoding.UTF8.GetBytes(changed))).Reason
        );
    }

    [Theory]
    [InlineData("\"logIndex\":\"1000\"", "\"logIndex\":1000")]
    [InlineData("\"logIndex\":\"1000\"", "\"log\\u0049ndex\":\"1000\"")]
    [InlineData("\"canonicalizedBody\":", "\"inclusionPromise\":null,\"canonicalizedBody\":")]
    public void The_freedoms_of_proto_json_are_kept(string find, string replacement)
    {
        var forge = new Forge { WithSet = false };
        var json = forge.BundleJson().ToJsonString();
        Assert.Contains(find, json, StringComparison.Ordinal);
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(json.Replace(find, replacement, StringComparison.Ordinal)));
        Assert.Equal(1000, bundle.VerificationMaterial.LogEntries[0].LogIndex);
        Assert.NotNull(
            new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString())))
                .Verify(bundle, Artifact.FromBytes(forge.Artifact), VerificationPolicy.Exact(Forge.Identity, Forge.Issuer))
                .Sha256
        );
    }

    [Fact]
    public void Escaped_slashes_and_plus_signs_in_base64_are_the_same_text()
    {
        var escaped = _good.Replace("+", "\\u002b", StringComparison.Ordinal);
        Assert.Equal(
            Bundle.Parse(Encoding.UTF8.GetBytes(_good)).VerificationMaterial.Certificates[0].ToArray(),
            Bundle.Parse(Encoding.UTF8.GetBytes(escaped)).VerificationMaterial.Certificates[0].ToArray()
        );
    }

    [Fact]
    public void What_is_written_is_read_back_and_says_the_same()
    {
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(_good));
        var written = bundle.ToJson();
        Assert.Equal(written, Bundle.Parse(Encoding.UTF8.GetBytes(written)).ToJson());
        Assert.DoesNotContain("\\u002B", written, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_logs_first_entry_is_written_without_its_zero_and_read_back()
    {
        var json = _good.Replace("\"logIndex\":\"1000\",", "", StringComparison.Ordinal);
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal(0, bundle.VerificationMaterial.LogEntries[0].LogIndex);
        Assert.DoesNotContain("\"logIndex\":\"0\"", bundle.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_larger_than_any_bundle_is_refused_before_it_is_read()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path))
            {
                file.SetLength(1L << 33);
            }

            Assert.Equal(VerificationFailure.DocumentTooLarge, Assert.Throws<VerificationException>(() => Bundle.Load(path)).Reason);
            Assert.Equal(VerificationFailure.DocumentTooLarge, Assert.Throws<VerificationException>(() => TrustedRoot.Load(path)).Reason);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
