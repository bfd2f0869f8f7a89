namespace Cake.PySign;

/// <summary>Where signatures are kept: one package version of a store that keeps files as they are, and how to be let in.</summary>
public sealed class SignatureStoreSettings
{
    /// <summary>What kind of store it is.</summary>
    /// <value>Default <see cref="StoreKind.GitLab"/>.</value>
    public StoreKind Kind { get; set; }

    /// <summary>The store.</summary>
    /// <value>GitLab: the URL up to and including <c>/packages/generic</c>, for example
    /// <c>https://gitlab.com/api/v4/projects/42/packages/generic</c>. An HTTP store: the folder below which packages lie. GitHub: the API's
    /// URL of the repository, for example <c>https://api.github.com/repos/acme/hello</c>. https, or http on loopback. Required.</value>
    public Uri? Url { get; set; }

    /// <summary>The package.</summary>
    /// <value>On GitLab letters, digits and <c>. _ - +</c>. Use the normalized project name, so that a consumer can derive it. On GitHub
    /// the title of a release that is created. Required, except where the project that is verified or released gives it.</value>
    public string? Name { get; set; }

    /// <summary>The version of the package; on GitHub the release's tag.</summary>
    /// <value>On GitLab letters, digits and <c>. _ - +</c>, no <c>..</c>; the <c>!</c> of a version with an epoch is stored as
    /// <c>.epoch.</c>. Required, except where the version that is verified or released gives it.</value>
    public string? Version { get; set; }

    /// <summary>The token.</summary>
    /// <value>It is sent in a header to this store only. <see langword="null"/> reads a public store anonymously; an upload needs
    /// one.</value>
    public string? Token { get; set; }

    /// <summary>What kind of token it is.</summary>
    /// <value>Default <see cref="StoreTokenKind.JobToken"/>. GitHub always takes a bearer token.</value>
    public StoreTokenKind TokenKind { get; set; }

    /// <summary>The user that a <see cref="StoreTokenKind.Password"/> belongs to.</summary>
    /// <value>Only for that kind of token, and required there.</value>
    public string? UserName { get; set; }

    /// <summary>This store, with the package that is meant where the settings leave it open.</summary>
    internal SignatureStoreSettings For(string name, Func<string> version)
    {
        var store = (SignatureStoreSettings)MemberwiseClone();
        store.Name ??= name;
        store.Version ??= version();
        return store;
    }
}

/// <summary>What kind of store keeps files under a package name and a version.</summary>
public enum StoreKind
{
    /// <summary>GitLab's generic package registry: <c>Url/Name/Version/file</c>, GitLab's rules for names.</summary>
    GitLab,

    /// <summary>Any HTTP store that takes PUT, such as Nexus raw, Artifactory generic or WebDAV: the same layout, escaped names.</summary>
    Http,

    /// <summary>The assets of a GitHub release whose tag is the version.</summary>
    GitHubRelease,
}

/// <summary>How a store's token travels.</summary>
public enum StoreTokenKind
{
    /// <summary>A GitLab CI job's own token (<c>CI_JOB_TOKEN</c>): header <c>JOB-TOKEN</c>.</summary>
    JobToken,

    /// <summary>A GitLab personal, project or group access token: header <c>PRIVATE-TOKEN</c>.</summary>
    PrivateToken,

    /// <summary>A GitLab deploy token: header <c>DEPLOY-TOKEN</c>.</summary>
    DeployToken,

    /// <summary>A bearer token, as Artifactory and GitHub take it: header <c>Authorization</c>.</summary>
    BearerToken,

    /// <summary>A password that goes with <c>UserName</c>, as Nexus and WebDAV take it: Basic authentication.</summary>
    Password,
}
