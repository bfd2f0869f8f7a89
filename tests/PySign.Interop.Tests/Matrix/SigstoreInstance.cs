using System.Text.Json;

namespace PySign.Interop.Tests.Matrix;

/// <summary>A running instance of Sigstore's services, and what any client needs to sign with it.</summary>
internal sealed record SigstoreInstance
{
    public required string Fulcio { get; init; }

    public required string RekorV1 { get; init; }

    public required string RekorV2 { get; init; }

    /// <summary>The timestamp authority's address with its path.</summary>
    public required string TimestampAuthority { get; init; }

    public required string TrustedRoot { get; init; }

    public required string Identity { get; init; }

    public required string Issuer { get; init; }

    /// <summary>The variables that cosign 2 takes its trust from when it signs.</summary>
    public required IReadOnlyDictionary<string, string> Cosign2Trust { get; init; }

    public required Func<Task<string>> MintToken { get; init; }

    /// <summary>A folder for the files of this run.</summary>
    public required string Folder { get; init; }

    /// <summary>A signing config that somebody else made, for every cell.</summary>
    public string? MadeSigningConfig { get; init; }

    public string Rekor(MatrixCell cell) => cell.RekorVersion == 2 ? RekorV2 : RekorV1;

    /// <summary>Writes a signing config 0.2 for just the services of a cell.</summary>
    public string SigningConfig(MatrixCell cell)
    {
        if (MadeSigningConfig is not null)
        {
            return MadeSigningConfig;
        }

        object Service(string url, int version) =>
            new
            {
                url,
                majorApiVersion = version,
                validFor = new { start = "2024-01-01T00:00:00Z" },
                @operator = "example.org",
            };
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(
            path,
            JsonSerializer.Serialize(
                new
                {
                    mediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                    caUrls = new[] { Service(Fulcio, 1) },
                    oidcUrls = new[] { Service(Issuer, 1) },
                    rekorTlogUrls = new[] { Service(Rekor(cell), cell.RekorVersion) },
                    rekorTlogConfig = new { selector = "ANY" },
                    tsaUrls = cell.Timestamp ? new[] { Service(TimestampAuthority, 1) } : [],
                    tsaConfig = new { selector = "ANY" },
                }
            )
        );
        return path;
    }
}

/// <summary>In what a log of version 1 differs from the public one, to the clients that read its entries.</summary>
[Flags]
internal enum LogPeculiarity
{
    None,

    /// <summary>It calls itself its pod's name, not the host of its address.</summary>
    PodNamed = 1,

    /// <summary>It signs with RSA.</summary>
    Rsa = 2,
}

/// <summary>One way to sign: who, what, into which log, and whether a timestamp authority is asked.</summary>
internal sealed record MatrixCell(string Signer, bool Statement, int RekorVersion, bool Timestamp)
{
    /// <summary>The older kind of entry for statements that Rekor v1 takes, instead of dsse.</summary>
    public bool Intoto { get; init; }

    /// <summary>What is peculiar to the log of a private instance.</summary>
    public LogPeculiarity Log { get; init; }

    public string Name =>
        $"{Signer}, {(Intoto ? "statement as intoto" : Statement ? "statement" : "message")}, Rekor v{RekorVersion}, "
        + $"{(Timestamp ? "timestamp" : "no timestamp")}";
}
