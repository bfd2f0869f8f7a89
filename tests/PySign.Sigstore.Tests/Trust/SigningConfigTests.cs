using System.Text;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Tests.Trust;

public sealed class SigningConfigTests
{
    private const string MediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    private const string Any = """{"selector":"ANY"}""";

    private static readonly DateTimeOffset _now = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string _fulcio = Service("https://fulcio.example");
    private static readonly string _tsa = Service("https://tsa.example/api/v1/timestamp");

    [Fact]
    public void The_usual_config_selects_rekor_v1_and_a_timestamp_authority()
    {
        var services = Select(Config(Service("https://rekor.example", op: "example"), Any, _tsa));
        Assert.Equal("https://fulcio.example/", services.Fulcio!.AbsoluteUri);
        Assert.Equal([new TransparencyLogService(new Uri("https://rekor.example"), 1, "example")], services.Logs);
        Assert.Equal(["https://tsa.example/api/v1/timestamp"], services.TimestampAuthorities.Select(u => u.AbsoluteUri));
    }

    [Theory]
    [InlineData("ANY", 0, "https://b.example/")]
    [InlineData("ALL", 0, "https://b.example/ https://c.example/")]
    [InlineData("EXACT", 1, "https://b.example/")]
    [InlineData("EXACT", 2, "https://b.example/ https://c.example/")]
    public void One_service_per_operator_the_newest_first(string selector, int count, string expected)
    {
        var logs = string.Join(
            ',',
            Service("https://a.example", start: "2024-01-01T00:00:00Z", op: "one"),
            Service("https://b.example", start: "2026-01-01T00:00:00Z", op: "one"),
            Service("https://c.example", start: "2025-01-01T00:00:00Z", op: "two")
        );
        var config = Config(logs, $$"""{"selector":"{{selector}}","count":{{count}}}""", _tsa);
        Assert.Equal(expected, string.Join(' ', Select(config).Logs.Select(log => log.Uri.AbsoluteUri)));
    }

    [Fact]
    public void A_byte_order_mark_and_an_issuer_that_cannot_be_used_do_not_stop_signing()
    {
        var config = Config(Service("https://rekor.example"), Any, _tsa);
        var changed =
            "\ufeff" + config.Replace("\"oidcUrls\":[", "\"oidcUrls\":[{\"url\":\"https://issuer.example\"}", StringComparison.Ordinal);
        Assert.NotEqual("\ufeff" + config, changed);
        Assert.Single(Select(changed).Logs);
    }

    [Fact]
    public void A_field_of_a_newer_version_is_not_called_damage()
    {
        var changed = Config(Service("https://rekor.example"), Any, _tsa)
            .Replace("\"caUrls\"", "\"future\":1,\"caUrls\"", StringComparison.Ordinal);
        var refusal = Assert.Throws<SigningException>(() => Select(changed));
        Assert.Equal(SigningFailure.SigningConfigInvalid, refusal.Reason);
        Assert.Contains("update", refusal.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_highest_known_version_is_used_and_unknown_ones_are_passed_over()
    {
        var logs = string.Join(
            ',',
            Service("https://v3.example", version: 3, op: "a"),
            Service("https://v2.example", version: 2, op: "a"),
            Service("https://v1.example", version: 1, op: "a", start: "2026-07-01T00:00:00Z")
        );
        Assert.Equal([2], Select(Config(logs, """{"selector":"ALL"}""", _tsa)).Logs.Select(log => log.MajorApiVersion));
    }

    [Fact]
    public void Versions_are_never_mixed()
    {
        var logs =
            Service("https://v2.example", version: 2, op: "a")
            + ","
            + Service("https://v1.example", op: "b")
            + ","
            + Service("https://v1.other", op: "c");
        Assert.Equal([2], Select(Config(logs, """{"selector":"ALL"}""", _tsa)).Logs.Select(log => log.MajorApiVersion));
        Assert.Equal([1, 1], Select(Config(logs, """{"selector":"EXACT","count":2}""", _tsa)).Logs.Select(log => log.MajorApiVersion));
    }

    [Fact]
    public void Services_outside_their_time_are_passed_over()
    {
        var logs = string.Join(
            ',',
            Service("https://future.example", start: "2027-01-01T00:00:00Z", op: "a"),
            Service("https://past.example", start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z", op: "b"),
            Service("https://now.example", start: "2022-01-01T00:00:00Z", op: "c")
        );
        Assert.Equal("https://now.example/", Select(Config(logs, """{"selector":"ALL"}""", _tsa)).Logs.Single().Uri.AbsoluteUri);
    }

    [Fact]
    public void Too_few_for_an_exact_number_is_an_error() =>
        Assert.Equal(
            SigningFailure.NoUsableService,
            Refusal(() => Select(Config(Service("https://a.example"), """{"selector":"EXACT","count":2}""", _tsa))).Reason
        );

    [Fact]
    public void A_timestamp_authority_that_is_listed_but_over_is_an_error_not_an_omission()
    {
        var tsa = Service("https://tsa.example", start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z");
        Assert.Equal(SigningFailure.NoUsableService, Refusal(() => Select(Config(Service("https://a.example"), Any, tsa))).Reason);
    }

    [Fact]
    public void Rekor_v2_without_a_timestamp_authority_is_refused() =>
        Assert.Equal(
            SigningFailure.NoUsableService,
            Refusal(() => Select(Config(Service("https://a.example", version: 2), Any, ""))).Reason
        );

    [Fact]
    public void Rekor_v1_needs_no_timestamp_authority() =>
        Assert.Empty(Select(Config(Service("https://a.example"), Any, "")).TimestampAuthorities);

    [Fact]
    public void Plain_http_elsewhere_is_refused() =>
        Assert.Equal(SigningFailure.NoUsableService, Refusal(() => Select(Config(Service("http://rekor.example"), Any, _tsa))).Reason);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.1+json"}""")]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","surprise":1}""")]
    [InlineData(
        """{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":[{"url":"/x","majorApiVersion":1,"validFor":{"start":"2020-01-01T00:00:00Z"}}]}"""
    )]
    [InlineData(
        """{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":[{"url":"https://x.example","majorApiVersion":1}]}"""
    )]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{"selector":"SOME"}}""")]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{"selector":"EXACT"}}""")]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{"future":1}}""")]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":[{"future":1}]}""")]
    [InlineData(
        """{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}"""
    )]
    public void What_is_no_intact_config_is_refused(string json) =>
        Assert.Equal(SigningFailure.SigningConfigInvalid, Refusal(() => SigningConfig.Parse(Encoding.UTF8.GetBytes(json))).Reason);

    [Fact]
    public void A_config_inside_a_client_trust_configuration_is_found()
    {
        var inner = Config(Service("https://rekor.example"), Any, _tsa);
        var json =
            $$"""{"mediaType":"application/vnd.dev.sigstore.clienttrustconfig.v0.1+json","trustedRoot":{},"signingConfig":{{inner}} }""";
        Assert.Equal("https://rekor.example/", Select(json).Logs[0].Uri.AbsoluteUri);
    }

    private static string Service(
        string url,
        int version = 1,
        string start = "2025-01-01T00:00:00Z",
        string? end = null,
        string op = "op"
    ) =>
        $$"""{"url":"{{url}}","majorApiVersion":{{version}},"validFor":{"start":"{{start}}"{{(end is null ? "" : $",\"end\":\"{end}\"")}}},"operator":"{{op}}" }""";

    private static string Config(string logs, string logSelection, string tsas) =>
        $$"""{"mediaType":"{{MediaType}}","caUrls":[{{_fulcio}}],"oidcUrls":[],"rekorTlogUrls":[{{logs}}],"rekorTlogConfig":{{logSelection}},"tsaUrls":[{{tsas}}],"tsaConfig":{"selector":"ANY"} }""";

    private static SigningServices Select(string json) => SigningConfig.Parse(Encoding.UTF8.GetBytes(json)).Select(_now);

    private static SigningException Refusal(Action action) => Assert.Throws<SigningException>(action);
}
