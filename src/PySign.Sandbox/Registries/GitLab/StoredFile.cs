namespace PySign.Sandbox.Registries.GitLab;

/// <summary>A file row of a package.</summary>
internal sealed record StoredFile
{
    /// <summary>The row's id; the newest of one name has the highest.</summary>
    public required long Id { get; init; }

    /// <summary>The package row it belongs to.</summary>
    public required PackageRow Package { get; init; }

    /// <summary>The name as the uploader sent it.</summary>
    public required string FileName { get; init; }

    /// <summary>The bytes as received.</summary>
    public required ReceivedFile Content { get; init; }

    /// <summary>What the uploader said the digest is: GitLab believes it and builds URLs from it.</summary>
    public required string ClaimedSha256 { get; init; }

    /// <summary>The Requires-Python that the uploader sent, at most 255 characters.</summary>
    public required string RequiresPython { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the bytes lie.</summary>
    public string ContentPath => Content.Path;

    /// <summary>Bytes.</summary>
    public long Size => Content.Size;

    /// <summary>Lower-case hex of the bytes as received.</summary>
    public string Sha256 => Content.Sha256;
}

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
