namespace PySign.Sigstore.Http;

/// <summary>Puts a service's fixed path under its base URL, whether that ends in a slash or not, and keeps a path that it has.</summary>
internal static class EndpointPath
{
    public static Uri Under(Uri baseUri, string path) => new(baseUri.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
}
