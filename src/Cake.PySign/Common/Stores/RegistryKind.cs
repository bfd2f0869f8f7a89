namespace Cake.PySign;

/// <summary>What kind of store keeps files under a package name and a version.</summary>
public enum RegistryKind
{
    /// <summary>GitLab's generic package registry: <c>RegistryUrl/PackageName/PackageVersion/file</c>, GitLab's rules for names.</summary>
    GitLab,

    /// <summary>Any HTTP store that takes PUT, such as Nexus raw, Artifactory generic or WebDAV: the same layout, escaped names.</summary>
    Http,

    /// <summary>The assets of a GitHub release whose tag is PackageVersion.</summary>
    GitHubRelease,
}
