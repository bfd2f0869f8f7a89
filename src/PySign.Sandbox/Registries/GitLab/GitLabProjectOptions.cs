using System.Text.RegularExpressions;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>A project of the sandbox's GitLab and the settings that change how its registries answer.</summary>
public sealed record GitLabProjectOptions
{
    /// <summary>The numeric id.</summary>
    public required long Id { get; init; }

    /// <summary>The full path, <c>group/project</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Whether anonymous callers may read.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Who may do what.</summary>
    public IReadOnlyList<GitLabCredential> Credentials { get; init; } = [];

    /// <summary>Whether a package that is not here is looked for on the public index: GitLab's default, and the door to dependency
    /// confusion.</summary>
    public bool RequestForwarding { get; init; } = true;

    /// <summary>Where forwarded requests go.</summary>
    public string ForwardingTarget { get; init; } = "https://pypi.org/simple/";

    /// <summary>Whether the simple index is served as JSON to those who ask; otherwise HTML, whatever they ask.</summary>
    public bool JsonIndex { get; init; }

    /// <summary>Whether a generic file may be stored a second time under the same name: GitLab's default.</summary>
    public bool GenericDuplicates { get; init; } = true;

    /// <summary>A regular expression; names and versions of generic packages that match it as a whole are treated the other way
    /// round.</summary>
    public string? GenericDuplicateExceptions { get; init; }

    /// <summary>Whether generic downloads carry X-Checksum-SHA256.</summary>
    public bool ChecksumHeader { get; init; } = true;

    /// <summary>Whether downloads are answered with a redirect to object storage under another host name.</summary>
    public bool ObjectStorage { get; init; }

    /// <summary>Whether the object storage takes no files: uploads are refused then.</summary>
    public bool ObjectStorageFails { get; init; }

    /// <summary>Names (lower case, exact) that a protection rule closes for every caller.</summary>
    public IReadOnlyList<string> ProtectedPackages { get; init; } = [];

    /// <summary>The largest PyPI file, in bytes.</summary>
    public long MaxPyPiBytes { get; init; } = 3_221_225_472;

    /// <summary>The largest generic file, in bytes.</summary>
    public long MaxGenericBytes { get; init; } = 5_368_709_120;

    /// <summary>Whether job token policies let a job publish; without <c>admin_packages</c> it may read only.</summary>
    public bool JobTokenMayPublish { get; init; } = true;

    /// <summary>Whether job token policies let a job read.</summary>
    public bool JobTokenMayRead { get; init; } = true;

    /// <summary>Whether the project's package registry is switched on.</summary>
    public bool PackagesEnabled { get; init; } = true;

    /// <summary>Whether over-long metadata is refused, as older versions do, instead of cut.</summary>
    public bool RefusesLongMetadata { get; init; }

    /// <summary>Whether a PyPI file that is not there is answered in older versions' words.</summary>
    public bool OldNotFound { get; init; }

    /// <summary>Whether the server runs in FIPS mode, where an upload without sha256_digest is refused.</summary>
    public bool Fips { get; init; }

    /// <summary>Whether the tags that releases are made for are there; without one, a release must name a ref.</summary>
    public bool TagsExist { get; init; } = true;

    /// <summary>Whether those who may publish may also create the tags that a protection rule names: without, no release of them is made,
    /// even of a tag that is there.</summary>
    public bool MayCreateTags { get; init; } = true;

    /// <summary>Whether a second generic file of one name is taken in this package.</summary>
    internal bool TakesDuplicates(string name, string version)
    {
        // As GitLab's own expressions: the whole text, and in linear time.
        var isException =
            GenericDuplicateExceptions is { Length: > 0 } pattern
            && new[] { name, version }.Any(text => Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.NonBacktracking));
        return GenericDuplicates != isException;
    }
}
