using Cake.Core.IO;

namespace Cake.PySign;

/// <summary>One package version of a registry that keeps files as they are, and how to be let in.</summary>
public abstract class GenericRegistrySettings
{
    private protected GenericRegistrySettings() { }

    /// <summary>What kind of store it is.</summary>
    /// <value>Default <see cref="RegistryKind.GitLab"/>.</value>
    public RegistryKind Kind { get; set; }

    /// <summary>The registry.</summary>
    /// <value>GitLab: the URL up to and including <c>/packages/generic</c>, for example
    /// <c>https://gitlab.com/api/v4/projects/42/packages/generic</c>. An HTTP store: the folder below which packages lie. GitHub: the API's
    /// URL of the repository, for example <c>https://api.github.com/repos/acme/hello</c>. https, or http on loopback. Required.</value>
    public Uri? RegistryUrl { get; set; }

    /// <summary>The package.</summary>
    /// <value>On GitLab letters, digits and <c>. _ - +</c>. Use the normalized project name, so that a consumer can derive it. On GitHub
    /// the title of a release that is created. Required.</value>
    public string? PackageName { get; set; }

    /// <summary>The version of the package; on GitHub the release's tag.</summary>
    /// <value>On GitLab letters, digits and <c>. _ - +</c>, no <c>..</c>; the <c>!</c> of a version with an epoch is stored as
    /// <c>.epoch.</c>. Required.</value>
    public string? PackageVersion { get; set; }

    /// <summary>The token.</summary>
    /// <value>It is sent in a header to this registry only. <see langword="null"/> reads a public registry anonymously; an upload needs
    /// one.</value>
    public string? Token { get; set; }

    /// <summary>What kind of token it is.</summary>
    /// <value>Default <see cref="RegistryTokenKind.JobToken"/>. GitHub always takes a bearer token.</value>
    public RegistryTokenKind TokenKind { get; set; }

    /// <summary>The user that a <see cref="RegistryTokenKind.Password"/> belongs to.</summary>
    /// <value>Only for that kind of token, and required there.</value>
    public string? UserName { get; set; }

    /// <summary>Certificates of authorities of your own that are trusted besides the system's.</summary>
    /// <value>A PEM file; <see langword="null"/> takes the one that the variable <c>PYSIGN_CA_FILE</c> names, if any.</value>
    public FilePath? CaFile { get; set; }

    /// <summary>How many files travel at a time.</summary>
    /// <value>1 or more; default 4.</value>
    public int MaxParallel { get; set; } = 4;

    /// <summary>Whether a file may come from the registry's object storage on another host.</summary>
    /// <value>Default <see langword="true"/>: pre-signed storage URLs are followed, without the token; the bytes are hashed in any
    /// case.</value>
    public bool AllowStorageRedirects { get; set; } = true;
}
