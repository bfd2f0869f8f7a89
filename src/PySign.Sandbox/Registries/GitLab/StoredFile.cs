namespace PySign.Sandbox.Registries.GitLab;

/// <summary>A file row of a package.</summary>
/// <param name="Id">The row's id; the newest of one name has the highest.</param>
/// <param name="Package">The package row it belongs to.</param>
/// <param name="FileName">The name as the uploader sent it.</param>
/// <param name="ContentPath">Where the bytes lie.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex of the bytes as received.</param>
/// <param name="ClaimedSha256">What the uploader said the digest is: GitLab believes it and builds URLs from it.</param>
/// <param name="RequiresPython">The Requires-Python that the uploader sent, at most 255 characters.</param>
/// <param name="CreatedAt">When it was stored.</param>
internal sealed record StoredFile(
    long Id,
    PackageRow Package,
    string FileName,
    string ContentPath,
    long Size,
    string Sha256,
    string ClaimedSha256,
    string RequiresPython,
    DateTimeOffset CreatedAt
);

/// <summary>A package row: one name and version of one type, both as the uploader sent them.</summary>
internal sealed record PackageRow(long Id, string Type, string Name, string Version)
{
    /// <summary>Whether its last upload asked for status <c>hidden</c>: lists leave it out, downloads do not.</summary>
    public bool IsHidden { get; set; }
}

/// <summary>Bytes that arrived and are not yet part of a package.</summary>
internal sealed record ReceivedFile(string Path, long Size, string Sha256);

/// <summary>A file that becomes part of a package, whose type, name and version are as the uploader sent them.</summary>
internal sealed record NewFile(string Type, string Name, string Version, string FileName, ReceivedFile Content)
{
    /// <summary>Whether the package may already have a file of that name, which is shadowed then.</summary>
    public bool MayBeThere { get; init; }

    /// <summary>What the uploader said the digest is.</summary>
    public string? ClaimedSha256 { get; init; }

    /// <summary>The Requires-Python that the uploader sent.</summary>
    public string RequiresPython { get; init; } = "";
}
