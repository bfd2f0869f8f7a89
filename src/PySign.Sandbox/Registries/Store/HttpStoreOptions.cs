namespace PySign.Sandbox.Registries.Store;

/// <summary>How the plain HTTP store lets callers in and treats names that are taken.</summary>
public sealed record HttpStoreOptions
{
    /// <summary>User and password that may write, as Nexus and WebDAV take them.</summary>
    public string UserName { get; init; } = "deployer";

    /// <summary>The password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The bearer token that may write, as Artifactory takes it.</summary>
    public string Token { get; init; } = "";

    /// <summary>Whether anonymous callers may read.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Whether a file may be replaced: Nexus raw with "disable redeploy" answers 400 otherwise.</summary>
    public bool Redeploy { get; init; } = true;

    /// <summary>Whether If-None-Match: * is honoured.</summary>
    public bool Conditional { get; init; } = true;
}
