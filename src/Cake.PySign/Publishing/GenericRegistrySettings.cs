namespace Cake.PySign.Publishing;

/// <summary>One package version of a generic package registry, and how to be let in.</summary>
public abstract class GenericRegistrySettings
{
    private protected GenericRegistrySettings()
    {
    }

    /// <summary>The registry.</summary>
    /// <value>The URL up to and including <c>/packages/generic</c>, for example
    /// <c>https://gitlab.com/api/v4/projects/42/packages/generic</c>. https, or http on loopback. Required.</value>
    public Uri? RegistryUrl { get; set; }

    /// <summary>The generic package.</summary>
    /// <value>Letters, digits and <c>. _ - +</c>. Required. Use the normalized project name, so that a consumer can derive it.</value>
    public string? PackageName { get; set; }

    /// <summary>The version of the generic package.</summary>
    /// <value>Letters, digits and <c>. _ - +</c>, no <c>..</c> and no <c>!</c>: a version with an epoch cannot be used here. Required.</value>
    public string? PackageVersion { get; set; }

    /// <summary>The token.</summary>
    /// <value>It is sent in a header to this registry only. <see langword="null"/> reads a public registry anonymously; an upload needs one.</value>
    public string? Token { get; set; }

    /// <summary>What kind of token it is.</summary>
    /// <value>Default <see cref="RegistryTokenKind.JobToken"/>.</value>
    public RegistryTokenKind TokenKind { get; set; }

    /// <summary>How many files travel at a time.</summary>
    /// <value>1 or more; default 4.</value>
    public int MaxParallel { get; set; } = 4;

    /// <summary>Whether a file may come from the registry's object storage on another host.</summary>
    /// <value>Default <see langword="true"/>: pre-signed storage URLs are followed, without the token; the bytes are hashed in any case.</value>
    public bool AllowStorageRedirects { get; set; } = true;
}
