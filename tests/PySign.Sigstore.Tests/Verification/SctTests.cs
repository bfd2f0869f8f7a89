using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>The promises of certificate transparency logs (RFC 6962 3.2, 3.3; RFC 5246 4.7).</summary>
public sealed class SctTests
{
    private const string SctList = "1.3.6.1.4.1.11129.2.4.2";

    /// <summary>Offsets in a promise without extensions.</summary>
    private const int LogId = 1,
        Time = 33,
        ExtensionsLength = 41,
        Hash = 43,
        Algorithm = 44,
        SignatureLength = 45;

    private static readonly Dictionary<string, Func<byte[], byte[]>> _malformed = new(StringComparer.Ordinal)
    {
        ["no list"] = static _ => [],
        ["half a length"] = static _ => [0],
        ["a list longer than it is"] = static list => [list[0], (byte)(list[1] + 1), .. list[2..]],
        ["a promise longer than it is"] = static list => [list[0], list[1], list[2], (byte)(list[3] + 1), .. list[4..]],
        ["an empty promise"] = static list => Promise(list, static _ => []),
        ["a promise cut in its fixed part"] = static list => Promise(list, static sct => sct[..(Hash - 1)]),
        ["a promise cut behind its extensions"] = static list => Promise(list, static sct => sct[..Hash]),
        ["a promise cut behind its hash"] = static list => Promise(list, static sct => sct[..Algorithm]),
        ["a promise cut behind its algorithm"] = static list => Promise(list, static sct => sct[..SignatureLength]),
        ["a promise cut in its signature"] = static list => Promise(list, static sct => sct[..^1]),
        ["more behind the signature"] = static list => Promise(list, static sct => [.. sct, 0]),
        ["extensions longer than the promise"] = static list => Promise(list, static sct => With(sct, ExtensionsLength, 0xFF)),
        ["another hash"] = static list => Promise(list, static sct => With(sct, Hash, 2)),
        ["another signature algorithm"] = static list => Promise(list, static sct => With(sct, Algorithm, 2)),
        ["a time that no calendar has"] = static list => Promise(list, static sct => With(sct, Time, 0xFF)),
        ["a good promise and an empty one"] = static list => List([Only(list), []]),
    };

    public static TheoryData<string> Malformed => [.. _malformed.Keys];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_list_of_another_form_is_refused_as_malformed(string what) =>
        Assert.Equal(VerificationFailure.SctMalformed, new Forge { EditSctList = _malformed[what] }.Refusal());

    [Fact]
    public void More_behind_the_list_in_its_extension_is_malformed()
    {
        var forge = new Forge();
        var extension = Certificate.Parse(forge.Leaf()).Find(Oids.SctList)!.Value.Value.ToArray();
        forge.SctCount = 0;
        forge.LeafExtensions.Add(new X509Extension(SctList, extension, false));
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.Replace(new X509Extension(SctList, [.. extension, 5, 0], false));
        Assert.Equal(VerificationFailure.SctMalformed, forge.Refusal());
    }

    [Fact]
    public void Every_promise_that_a_log_may_make_is_believed()
    {
        Assert.Equal(
            Forge.Identity,
            new Forge { SctExtensions = [1, 2, 3] }
                .Verify()
                .Identity
        );
        Assert.Equal(
            Forge.Identity,
            new Forge { SctTime = DateTimeOffset.MaxValue }
                .Verify()
                .Identity
        );
        Assert.Equal(
            Forge.Identity,
            new Forge { SctCount = Limits.SctCount }
                .Verify()
                .Identity
        );
        Assert.Equal(VerificationFailure.SctMalformed, new Forge { SctCount = Limits.SctCount + 1 }.Refusal());
    }

    [Fact]
    public void Promises_of_unknown_logs_are_passed_over_and_prove_nothing()
    {
        Assert.Equal(
            Forge.Identity,
            new Forge { EditSctList = static list => List([Unknown(list), Only(list)]) }
                .Verify()
                .Identity
        );
        Assert.Equal(
            Forge.Identity,
            new Forge { EditSctList = static list => List([Only(list), Unknown(list)]) }
                .Verify()
                .Identity
        );
        Assert.Equal(VerificationFailure.SctLogUnknown, new Forge { EditSctList = static list => List([Unknown(list)]) }.Refusal());
    }

    [Fact]
    public void A_wrong_promise_of_a_known_log_is_fatal_beside_a_good_one()
    {
        Assert.Equal(
            VerificationFailure.SctSignatureInvalid,
            new Forge { EditSctList = static list => List([Only(list), Wrong(list)]) }.Refusal()
        );
        Assert.Equal(
            VerificationFailure.SctSignatureInvalid,
            new Forge { EditSctList = static list => List([Wrong(list), Only(list)]) }.Refusal()
        );
    }

    [Fact]
    public void A_log_that_stands_twice_is_believed_in_any_of_its_windows()
    {
        var forge = new Forge { EditTrustedRoot = static root => Twice(root, "2026-01-02T00:00:00Z", null) };
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => Twice(root, null, "2026-01-02T00:00:00Z");
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => Twice(root, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z");
        Assert.Equal(VerificationFailure.SctOutsideLogWindow, forge.Refusal());
    }

    [Fact]
    public void A_promise_of_a_log_whose_key_cannot_be_read_proves_nothing() =>
        Assert.Equal(
            VerificationFailure.SctSignatureInvalid,
            new Forge { EditTrustedRoot = static root => root["ctlogs"]![0]!["publicKey"]!["rawBytes"] = "AAAA" }.Refusal()
        );

    private static void Twice(JsonNode root, string? firstEnd, string? secondEnd)
    {
        var logs = root["ctlogs"]!.AsArray();
        logs.Add(logs[0]!.DeepClone());
        logs[0]!["publicKey"]!["validFor"]!["end"] = firstEnd;
        logs[1]!["publicKey"]!["validFor"]!["end"] = secondEnd;
    }

    private static byte[] Only(byte[] list) => list[4..];

    private static byte[] Unknown(byte[] list) => With(Only(list), LogId, (byte)(Only(list)[LogId] ^ 1));

    private static byte[] Wrong(byte[] list) => With(Only(list), Time + 7, (byte)(Only(list)[Time + 7] ^ 1));

    private static byte[] Promise(byte[] list, Func<byte[], byte[]> edit) => List([edit(Only(list))]);

    private static byte[] List(byte[][] promises) => Prefixed([.. promises.SelectMany(Prefixed)]);

    private static byte[] Prefixed(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];

    private static byte[] With(byte[] promise, int at, byte value)
    {
        byte[] changed = [.. promise];
        changed[at] = value;
        return changed;
    }
}
