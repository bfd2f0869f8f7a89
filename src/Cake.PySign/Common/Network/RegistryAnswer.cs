namespace Cake.PySign.Common.Network;

/// <summary>A registry's answer that is not yet a failure. A redirect to another origin is an answer too: it is never followed on its
/// own.</summary>
/// <param name="Found">Whether there was something (2xx) and not nothing (404).</param>
/// <param name="Uri">The address that answered, after redirects within the origin.</param>
/// <param name="RedirectedTo">For a redirect that was not followed, where it points.</param>
/// <param name="ContentType">The media type without parameters, lower case, or empty.</param>
/// <param name="Body">The body, bounded.</param>
internal sealed record RegistryAnswer(bool Found, Uri Uri, Uri? RedirectedTo, string ContentType, byte[] Body)
{
    /// <summary>The character set that the answer names; null for none.</summary>
    public string? Charset { get; init; }
}
