using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>Which log an entry is in, at which place and when (client-spec, "Transparency Log Entry").</summary>
public sealed class TransparencyLogTests
{
    private const string Over = "2026-01-02T00:00:00Z";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_that_stands_twice_is_believed_in_any_of_its_windows(bool rekorV2)
    {
        var forge = new Forge { RekorV2 = rekorV2, EditTrustedRoot = static root => Twice(root, Over, null) };
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => Twice(root, null, Over);
        Assert.Equal(Forge.Identity, forge.Verify().Identity);
        forge.EditTrustedRoot = static root => Twice(root, Over, "2026-01-03T00:00:00Z");
        Assert.Equal(rekorV2 ? VerificationFailure.OutsideLogWindow : VerificationFailure.IntegratedTimeOutsideLogWindow, forge.Refusal());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void A_first_generation_index_counts_all_shards_and_is_never_below_the_one_in_the_tree(int index, bool fits)
    {
        var forge = new Forge { LogIndex = index };
        if (fits)
        {
            Assert.Equal(index, Assert.Single(forge.Verify().LogEntries).LogIndex);
        }
        else
        {
            Assert.Equal(VerificationFailure.LogIndexMismatch, forge.Refusal());
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("1000")]
    public void A_second_generation_index_is_the_one_in_the_tree(string index)
    {
        var forge = new Forge { RekorV2 = true };
        Assert.Equal(1, Assert.Single(forge.Verify().LogEntries).LogIndex);
        forge.EditBundle = bundle => bundle["verificationMaterial"]!["tlogEntries"]![0]!["logIndex"] = index;
        Assert.Equal(VerificationFailure.LogIndexMismatch, forge.Refusal());
    }

    [Fact]
    public void A_time_beyond_the_calendar_is_after_every_certificate()
    {
        var forge = new Forge { IntegratedTime = long.MaxValue };
        Assert.Equal(VerificationFailure.CertificateNotValidAtTime, forge.Refusal());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_whose_key_cannot_be_read_proves_nothing(bool rekorV2) =>
        Assert.Equal(
            VerificationFailure.LogKeyUnusable,
            new Forge
            {
                RekorV2 = rekorV2,
                EditTrustedRoot = static root => root["tlogs"]![0]!["publicKey"]!["rawBytes"] = "AAAA",
            }.Refusal()
        );

    [Theory]
    [InlineData(true, nameof(VerifierOptions.RequireLog))]
    [InlineData(false, null)]
    public void Whoever_has_no_entry_is_told_what_would_allow_that(bool isTimestamped, string? option)
    {
        var forge = new Forge { EditBundle = static bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray() };
        if (!isTimestamped)
        {
            forge.Timestamp = null;
        }

        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => forge.Verify()));
        Assert.Equal(VerificationFailure.LogEntryMissing, refused.Reason);
        Assert.Equal(isTimestamped, refused.Actual.Contains("but a timestamp", StringComparison.Ordinal));
        Assert.Equal(option is not null, refused.Advice.Contains(nameof(VerifierOptions), StringComparison.Ordinal));
        Assert.Contains(option ?? "cannot be verified at all", refused.Advice, StringComparison.Ordinal);
    }

    private static void Twice(JsonNode root, string? firstEnd, string? secondEnd)
    {
        var logs = root["tlogs"]!.AsArray();
        logs.Add(logs[0]!.DeepClone());
        logs[0]!["publicKey"]!["validFor"]!["end"] = firstEnd;
        logs[1]!["publicKey"]!["validFor"]!["end"] = secondEnd;
    }
}
