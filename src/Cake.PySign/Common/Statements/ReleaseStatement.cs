using System.Text.Json;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Common.Statements;

/// <summary>
/// What a publisher says of a whole release: these files with these digests, and no others, are this version of this project. It is an
/// in-toto statement with the in-toto community's predicate "Release", one subject for each distribution.
/// </summary>
/// <param name="Name">The project.</param>
/// <param name="Version">The version.</param>
/// <param name="Files">Every distribution of the version: its file name, and its SHA-256.</param>
internal sealed record ReleaseStatement(ProjectName Name, PythonVersion Version, IReadOnlyDictionary<string, Sha256Digest> Files)
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
    /// <exception cref="StatementException">There are none, or they are not of one project and version.</exception>
    public static ReleaseStatement About(IEnumerable<KeyValuePair<string, Sha256Digest>> files)
    {
        var sorted = new SortedDictionary<string, Sha256Digest>(
            files.ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        if (sorted.Count == 0)
        {
            throw new StatementException("at least one distribution", "none");
        }

        if (!DistributionFileName.TryParse(sorted.Keys.First(), out var first))
        {
            throw NotADistribution(sorted.Keys.First());
        }

        var statement = new ReleaseStatement(first.Name, first.Version, sorted);
        statement.RequireNames(sorted.Keys);
        return statement;
    }

    /// <summary>What is signed: the same bytes whenever the files are the same.</summary>
    public InTotoStatement ToStatement() =>
        InTotoStatement.Create(
            [.. Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new StatementSubject(file.Key, file.Value))],
            PredicateType,
            JsonSerializer.SerializeToUtf8Bytes(new { purl = Subject })
        );

    /// <summary>What a statement says of one release; its signature is the caller's to verify. What a reader could take in two ways is
    /// refused, and so is every form but the one that is written.</summary>
    /// <exception cref="StatementException">It is not a statement about one release.</exception>
    public static ReleaseStatement Read(InTotoStatement statement)
    {
        if (statement.Type != InTotoStatement.TypeV1)
        {
            throw new StatementException($"_type {InTotoStatement.TypeV1}", $"\"{Short(statement.Type)}\"");
        }

        if (statement.PredicateType != PredicateType)
        {
            throw new StatementException($"predicateType {PredicateType}", $"\"{Short(statement.PredicateType)}\"");
        }

        var purl = Purl(statement);
        if (!PackageUrl.TryParse(purl, out var name, out var version))
        {
            throw new StatementException("a purl such as pkg:pypi/hello-pysign@1.0.0", $"\"{Short(purl)}\"");
        }

        var subjects = statement.Subjects.Select(Named).ToList();
        var release = new ReleaseStatement(name!, version!, new Dictionary<string, Sha256Digest>(StringComparer.Ordinal));
        release.RequireNames([.. subjects.Select(subject => subject.Key)]);
        return release with
        {
            Files = new SortedDictionary<string, Sha256Digest>(subjects.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
        };
    }

    /// <summary>Refuses names that are not of this project and version, and names that a file system could take for the same.</summary>
    private void RequireNames(IReadOnlyCollection<string> names)
    {
        foreach (var name in names)
        {
            if (!DistributionFileName.TryParse(name, out var parsed))
            {
                throw NotADistribution(name);
            }

            if (!parsed.Name.Equals(Name) || !parsed.Version.Equals(Version))
            {
                throw new StatementException($"files of {Name.Normalized} {Version.Normalized} alone", $"'{name}'");
            }
        }

        if (Duplicates.Of(names, static name => name) is { } twice)
        {
            throw new StatementException("each file once", $"'{twice.Last()}' twice");
        }
    }

    private static KeyValuePair<string, Sha256Digest> Named(StatementSubject subject)
    {
        if (subject is { Name: { } name, Sha256: { } sha256 })
        {
            return KeyValuePair.Create(name, sha256);
        }

        throw new StatementException(
            "a name and a SHA-256 of 64 lower-case hexadecimal digits for every subject",
            $"\"{Short(subject.Name ?? "")}\" with \"{Short(subject.Text("sha256") ?? "")}\""
        );
    }

    private static string Purl(InTotoStatement statement) =>
        statement.Predicate is { ValueKind: JsonValueKind.Object } predicate
        && predicate.TryGetProperty("purl", out var purl)
        && purl.ValueKind == JsonValueKind.String
            ? purl.GetString()!
            : throw new StatementException("a predicate with a purl", "none");

    private static StatementException NotADistribution(string name) =>
        new("file names of wheels and source distributions", $"'{Short(name)}'");

    private static string Short(string text) => text.Length > 100 ? text[..100] + "…" : text;
}
