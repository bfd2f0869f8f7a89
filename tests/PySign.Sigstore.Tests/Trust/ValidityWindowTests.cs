using System.Globalization;
using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Tests.Trust;

/// <summary>The times of a trusted root (RFC 3339): one moment for every reader, or refused.</summary>
public sealed class ValidityWindowTests
{
    [Theory]
    [InlineData("2024-01-31T12:00:00Z", "2024-01-31T12:00:00.0000000+00:00")]
    [InlineData("2024-01-31T12:00:00.123456789Z", "2024-01-31T12:00:00.1234567+00:00")]
    [InlineData("2024-01-31T12:00:00.5+14:00", "2024-01-30T22:00:00.5000000+00:00")]
    [InlineData("2024-01-31T12:00:00-00:00", "2024-01-31T12:00:00.0000000+00:00")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.0000000+00:00")]
    public void A_time_with_a_zone_is_read_in_UTC(string time, string expected) =>
        Assert.Equal(expected, Read(time).Start.ToString("O", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2024-01-31T12:00:00")]
    [InlineData("2024-01-31T12:00:00z")]
    [InlineData("2024-01-31t12:00:00Z")]
    [InlineData("2024-01-31T12:00:00+25:00")]
    [InlineData("2024-01-31T24:00:00Z")]
    [InlineData("2024-02-30T12:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("2024-01-31")]
    [InlineData("1706702400")]
    [InlineData(" 2024-01-31T12:00:00Z")]
    public void Any_other_time_is_refused(string time) =>
        Assert.Equal(VerificationFailure.TrustedRootInvalid, Assert.Throws<VerificationException>(() => Read(time)).Reason);

    private static ValidityWindow Read(string start)
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(new { start }));
        return ValidityWindowReader.Read(json.RootElement, "validFor");
    }
}
