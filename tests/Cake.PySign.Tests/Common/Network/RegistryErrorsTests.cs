using Cake.PySign.Common.Network;
using PySign.Http;

namespace Cake.PySign.Tests.Common.Network;

public sealed class RegistryErrorsTests
{
    /// <summary>Whom the proxy stops, a second run does not help.</summary>
    [Theory]
    [InlineData(ServiceFailure.Unreachable, PySignFailure.Unreachable)]
    [InlineData(ServiceFailure.TimedOut, PySignFailure.TimedOut)]
    [InlineData(ServiceFailure.TlsUntrusted, PySignFailure.TlsUntrusted)]
    public void What_is_known_of_the_connection_is_in_the_advice_once(ServiceFailure failure, PySignFailure reason)
    {
        const string Known = "Check the proxy settings (HTTPS_PROXY, NO_PROXY).";
        var e = RegistryErrors.From(Failed(failure, Known), "Reading");
        Assert.Equal(reason, e.Reason);
        Assert.StartsWith(Known, e.Advice, StringComparison.Ordinal);
        Assert.Equal(2, e.Message.Split(Known).Length);
    }

    [Theory]
    [InlineData(ServiceFailure.Unreachable)]
    [InlineData(ServiceFailure.TimedOut)]
    public void Where_nothing_is_known_of_it_there_is_advice_all_the_same(ServiceFailure failure) =>
        Assert.NotEmpty(RegistryErrors.From(Failed(failure, ""), "Reading").Advice!);

    private static ServiceException Failed(ServiceFailure failure, string advice) =>
        new(failure, "registry", "GET", new Uri("https://x.example/"), "nothing answers") { Advice = advice };
}
