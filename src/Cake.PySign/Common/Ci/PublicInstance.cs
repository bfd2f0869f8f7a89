using PySign.Http;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Common.Ci;

/// <summary>
/// Whether what is signed becomes readable by everybody: Sigstore's own instances (production and staging), reached by their names, or,
/// through an address of somebody's own, by the trusted root that the results are verified with.
/// </summary>
internal static class PublicInstance
{
    private static readonly string[] _domains = ["sigstore.dev", "sigstage.dev"];

    public static bool IsIn(SigningServices services, TrustedRoot trust)
    {
        Uri[] publishing = [.. new[] { services.Fulcio }.OfType<Uri>(), .. services.Logs.Select(log => log.Uri)];
        return publishing.Any(IsPublic)
            || (
                !publishing.All(EndpointRule.IsLoopback)
                && (
                    trust.LogAddresses.Any(address => Uri.TryCreate(address, UriKind.Absolute, out var uri) && IsPublic(uri))
                    || trust.SharesLogWith(TrustedRoot.PublicGood())
                )
            );
    }

    private static bool IsPublic(Uri uri) =>
        _domains.Any(domain =>
            uri.IdnHost.TrimEnd('.') is var host
            && (host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase))
        );
}
