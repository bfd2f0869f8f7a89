namespace Cake.PySign.Common.Network;

/// <summary>Addresses that secrets may be sent to: https, or http on loopback, and nothing secret in the address itself.</summary>
internal static class ServiceAddress
{
    public static Uri Require(Uri? uri, string setting)
    {
        if (uri is null)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"{setting} is not set.");
        }

        if (!uri.IsAbsoluteUri || uri.Scheme is not ("https" or "http"))
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"{setting} must be an absolute https URL.");
        }

        if (uri.UserInfo.Length > 0)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{setting} carries credentials in the URL, where every log and process list shows them.",
                "Give user and token in their own settings."
            );
        }

        if (uri.Scheme == "http" && !uri.IsLoopback)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{setting} is '{uri}': plain http is only used on loopback.",
                "Use https."
            );
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{setting} must not have a query or a fragment: '{uri.GetLeftPart(UriPartial.Path)}'."
            );
        }

        return uri;
    }

    /// <summary>An address as results and reports name it: without user, query and fragment, in which secrets travel.</summary>
    public static Uri Shown(Uri uri) =>
        new UriBuilder(uri)
        {
            UserName = "",
            Password = "",
            Query = "",
            Fragment = "",
        }.Uri;

    /// <summary>Scheme, host and port: what credentials are bound to.</summary>
    public static string Origin(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    /// <summary>An address below <paramref name="root"/>, each segment escaped.</summary>
    public static Uri Below(Uri root, params string[] segments) =>
        new($"{root.AbsoluteUri.TrimEnd('/')}/{string.Join('/', segments.Select(Uri.EscapeDataString))}");
}
