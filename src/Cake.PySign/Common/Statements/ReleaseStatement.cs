using System.Text.Json;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.InToto;

namespace Cake.PySign.Common.Statements;

/// <summary>
/// What a publisher says of a whole release: these files with these digests, and no others, are this version of this project. It is an
/// in-toto statement with the in-toto community's predicate "Release", one subject for each distribution.
/// </summary>
/// <param name="Name">The project.</param>
/// <param name="Version">The version.</param>
/// <param name="Files">Every distribution of the version: its file name, and its SHA-256 in lower-case hex.</param>
internal sealed record ReleaseStatement(ProjectName Name, PythonVersion Version, IReadOnlyDictionary<string, string> Files)
{
    public const string PredicateType = "https://in-toto.io/attestation/release/v0.1";

    private const string Suffix = SignatureNames.Statement;

    /// <summary>Which version of which project it is about.</summary>
    public string Subject => PackageUrl.Of(Name, Version);

    /// <summary>The bundle's name beside the distributions, in the form of theirs. It is not a distribution's bundle: those keep the ending
    /// .whl, .tar.gz or .zip inside.</summary>
    public static string FileName(ProjectName name, PythonVersion version) => $"{name.FileNameForm}-{version.Normalized}{Suffix}";

    /// <summary>Whether a name is one that <see cref="FileName"/> gives to some version of some project.</summary>
    public static bool IsFileName(string name) =>
        name.EndsWith(Suffix, StringComparison.Ordinal)
        && DistributionFileName.TryParse(name[..^Suffix.Length] + ".tar.gz", out var like)
        && FileName(like.Name, like.Version) == name;

    /// <summary>The statement about files, whose names say of which project and version they are.</summary>
    /// <exception cref="ReleaseStatementException">There are none, or they are not of one project and version.</exception>
    public static ReleaseStatement About(IEnumerable<KeyValuePair<string, string>> files)
    {
        var sorted = new SortedDictionary<string, string>(
            files.ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        var first =
            sorted.Count == 0 ? throw new ReleaseStatementException("at least one distribution", "none")
            : DistributionFileName.TryParse(sorted.Keys.First(), out var parsed) ? parsed
            : throw NotADistribution(sorted.Keys.First());
        var statement = new ReleaseStatement(first.Name, first.Version, sorted);
        statement.RequireNames(sorted.Keys);
        return statement;
    }

    /// <summary>What is signed: the same bytes whenever the files are the same.</summary>
    public Statement ToStatement() =>
        Statement.Create(
            [.. Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new StatementSubject(file.Key, file.Value))],
            PredicateType,
            JsonSerializer.SerializeToUtf8Bytes(new { purl = Subject })
        );

    /// <summary>Reads the payload of an envelope, whose signature is the caller's to verify. What a reader could take in two ways is
    /// refused.</summary>
    /// <exception cref="ReleaseStatementException">It is not a statement about one release.</exception>
    public static ReleaseStatement Parse(ReadOnlyMemory<byte> utf8Json) => ReleaseStatementReader.Read(utf8Json);

    /// <summary>Refuses names that are not of this project and version, and names that a file system could take for the same.</summary>
    internal void RequireNames(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            if (!DistributionFileName.TryParse(name, out var parsed))
            {
                throw NotADistribution(name);
            }

            if (!parsed.Name.Equals(Name) || !parsed.Version.Equals(Version))
            {
                throw new ReleaseStatementException($"files of {Name.Normalized} {Version.Normalized} alone", $"'{name}'");
            }

            if (!seen.Add(name))
            {
                throw new ReleaseStatementException("each file once", $"'{name}' twice");
            }
        }
    }

    private static ReleaseStatementException NotADistribution(string name) =>
        new("file names of wheels and source distributions", $"'{(name.Length > 100 ? name[..100] + "…" : name)}'");
}

/// <summary>A document is not a statement about one release. Internal: whoever reads it says of which file.</summary>
internal sealed class ReleaseStatementException(string expected, string found) : Exception($"expected {expected}, found {found}")
{
    public string Expected { get; } = expected;

    public string Found { get; } = found;
}
