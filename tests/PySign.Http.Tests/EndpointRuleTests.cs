namespace PySign.Http.Tests;

public sealed class EndpointRuleTests
{
    [Theory]
    [InlineData("https://fulcio.sigstore.dev")]
    [InlineData("http://127.0.0.1:8080/x")]
    [InlineData("http://127.8.9.1/")]
    [InlineData("http://[::1]:5000/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST:1/")]
    public void Https_and_plain_http_to_this_machine_are_allowed(string uri) => Assert.Null(EndpointRule.Refusal(new Uri(uri)));

    [Theory]
    [InlineData("http://gitlab.example.com/")]
    [InlineData("http://127.0.0.1.example.com/")]
    [InlineData("http://localhost.example.com/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("http://user@127.0.0.1/")]
    public void Everything_else_is_refused(string uri) => Assert.NotNull(EndpointRule.Refusal(new Uri(uri)));

    [Fact]
    public void A_relative_address_is_refused_with_an_error_that_can_be_printed()
    {
        var e = Assert.Throws<ServiceException>(() => EndpointRule.Check(new Uri("api/v4", UriKind.Relative), "GitLab", "PUT"));
        Assert.Equal(ServiceFailure.EndpointRefused, e.Reason);
        Assert.Contains("GitLab", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example/x", "https://A.example:443/y", true)]
    [InlineData("https://a.example/", "https://b.example/", false)]
    [InlineData("https://a.example/", "https://a.example:8443/", false)]
    [InlineData("https://a.example/", "http://a.example/", false)]
    public void An_origin_is_scheme_host_and_port(string a, string b, bool same) =>
        Assert.Equal(same, EndpointRule.SameOrigin(new Uri(a), new Uri(b)));
}
