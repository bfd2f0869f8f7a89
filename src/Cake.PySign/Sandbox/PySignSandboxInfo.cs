using Cake.Core.IO;

namespace Cake.PySign.Sandbox;

/// <summary>Where the running sandbox is, and the files a client needs to work against it.</summary>
public sealed record PySignSandboxInfo
{
    /// <summary>The address that every service is below.</summary>
    /// <value><c>http://127.0.0.1:port</c>.</value>
    public required Uri BaseUrl { get; init; }

    /// <summary>The trust for everything that the sandbox issues.</summary>
    /// <value>An absolute <c>trusted_root.json</c>.</value>
    public required FilePath TrustedRoot { get; init; }

    /// <summary>The services, with a log of version 1 and a timestamp authority.</summary>
    /// <value>An absolute <c>signing_config.json</c>.</value>
    public required FilePath SigningConfig { get; init; }

    /// <summary>The services, with a log of version 2 that signs with Ed25519.</summary>
    /// <value>An absolute file.</value>
    public required FilePath SigningConfigRekorV2 { get; init; }

    /// <summary>The services, with a log of version 2 that signs with ECDSA.</summary>
    /// <value>An absolute file, or <see langword="null"/> where the sandbox has no such log.</value>
    public FilePath? SigningConfigRekorV2Ecdsa { get; init; }

    /// <summary>The TUF repository that hands out the trusted root and the signing config.</summary>
    /// <value>Its address, with a slash at the end.</value>
    public required Uri TufMirror { get; init; }

    /// <summary>The first root of the TUF repository: what <c>cosign initialize --root</c> takes.</summary>
    /// <value>An absolute <c>tuf_root.json</c>.</value>
    public required FilePath TufRoot { get; init; }

    /// <summary>The certificate authority's certificates, for clients that take them one by one.</summary>
    /// <value>An absolute PEM file.</value>
    public required FilePath FulcioRoot { get; init; }

    /// <summary>The certificate transparency log's key.</summary>
    /// <value>An absolute PEM file.</value>
    public required FilePath CtPublicKey { get; init; }

    /// <summary>The key of the transparency log of version 1.</summary>
    /// <value>An absolute PEM file.</value>
    public required FilePath RekorPublicKey { get; init; }

    /// <summary>The timestamp authority's certificates, its own first.</summary>
    /// <value>An absolute PEM file.</value>
    public required FilePath TsaChain { get; init; }

    /// <summary>The GitLab instance.</summary>
    /// <value>Its addresses and the project that exists from the start.</value>
    public required PySignSandboxGitLab GitLab { get; init; }
}

/// <summary>The sandbox's GitLab.</summary>
public sealed record PySignSandboxGitLab
{
    /// <summary>The instance, which is also the issuer of its identity tokens.</summary>
    /// <value>What a job sees as <c>CI_SERVER_URL</c>.</value>
    public required Uri ServerUrl { get; init; }

    /// <summary>The API.</summary>
    /// <value>What a job sees as <c>CI_API_V4_URL</c>.</value>
    public required Uri ApiUrl { get; init; }

    /// <summary>The project.</summary>
    /// <value>Its numeric id.</value>
    public required long ProjectId { get; init; }

    /// <summary>The project.</summary>
    /// <value>Its full path, for example <c>acme/hello-pysign</c>.</value>
    public required string ProjectPath { get; init; }

    /// <summary>The upload endpoint for twine.</summary>
    /// <value><c>…/packages/pypi</c>.</value>
    public Uri PyPiUrl => new($"{ApiUrl.AbsoluteUri.TrimEnd('/')}/projects/{ProjectId}/packages/pypi");

    /// <summary>The generic package registry.</summary>
    /// <value><c>…/packages/generic</c>.</value>
    public Uri GenericUrl => new($"{ApiUrl.AbsoluteUri.TrimEnd('/')}/projects/{ProjectId}/packages/generic");
}
