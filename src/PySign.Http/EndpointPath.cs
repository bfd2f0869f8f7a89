namespace PySign.Http;

/// <summary>Puts a service's fixed path under its base URL, whether that ends in a slash or not, and keeps a path that it has.</summary>
public static class EndpointPath
{
    /// <summary>The address of a path below a service, whether or not its own address ends in a slash.</summary>
    public static Uri Under(Uri baseUri, string path) => new(baseUri.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
}
