using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Import;

/// <summary>One distribution, copied, hashed and checked by itself.</summary>
internal sealed class TakenFile
{
    private const int MaxAttestationBytes = 32 * 1024 * 1024;

    // As cosign, GitHub's, slsa-github-generator's and PyPI's files are named; whose they are is for who verifies them.
    private static readonly string[] _attestations =
    [
        SignatureNames.Bundle,
        SignatureNames.OldBundle,
        ".intoto.jsonl",
        ".provenance.json",
        SignatureNames.BuildAttestation,
        SignatureNames.PublishAttestation,
    ];

    private TakenFile(ArtifactFile source, FilePath path, Sha256Digest? sha256, long size) =>
        (Source, Path, Sha256, Size) = (source, path, sha256, size);

    public ArtifactFile Source { get; }

    public FilePath Path { get; }

    /// <summary>The digest of what was copied; null when it could not be read.</summary>
    public Sha256Digest? Sha256 { get; }

    public long Size { get; }

    /// <summary>What the file is; null when it could not be read.</summary>
    public Distribution? Distribution { get; private init; }

    public IReadOnlyList<PyImportProblem> Problems { get; private init; } = [];

    public static TakenFile Of(
        StagedImport staged,
        ArtifactFile source,
        PyImportDistributionsSettings settings,
        CancellationToken cancellationToken
    )
    {
        var path = staged.Place(source.Name);
        Sha256Digest? sha256 = null;
        var size = 0L;
        SpecialFile.Refuse(source.Path);
        try
        {
            using (var stream = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan))
            {
                (sha256, size) = StagedImport.Take(stream, path, cancellationToken);
            }

            return new TakenFile(source, path, sha256, size)
            {
                Distribution = Distribution.Read(path.FullPath),
                Problems = [.. Check(path.FullPath, source.Name, settings)],
            };
        }
        catch (Exception e) when (e is PackagingException or UnauthorizedAccessException)
        {
            return new TakenFile(source, path, sha256, size)
            {
                Problems = [new PyImportProblem(PyImportFailure.Unreadable, source.Name, e.Message)],
            };
        }
    }

    public ImportedDistribution Import(HandedDigests handed)
    {
        var said = handed.Of(Source.Name);
        var origin = new PyImportOrigin(Source.Folder, said?.Job, said?.Runner, said?.Commit, said?.Run) { IsHandedOn = said is not null };
        return new ImportedDistribution
        {
            Path = Path,
            Sha256 = Sha256!,
            Kind = Distribution!.Kind,
            Name = Distribution.Name,
            Version = Distribution.Version,
            Size = Size,
            Origin = Attested(origin),
        };
    }

    private PyImportOrigin Attested(PyImportOrigin origin)
    {
        foreach (var file in _attestations.Select(suffix => new FileInfo(Source.Path + suffix)))
        {
            if (file is { Exists: true, LinkTarget: null, Length: > 0 and < MaxAttestationBytes })
            {
                return origin with
                {
                    AttestationFileName = file.Name,
                    AttestationSha256 = Sha256Digest.Of(File.ReadAllBytes(file.FullName)),
                };
            }
        }

        return origin;
    }

    private static IEnumerable<PyImportProblem> Check(string path, string name, PyImportDistributionsSettings settings)
    {
        var waived = settings.WaivedChecks;
        foreach (var suspect in DistributionContents.Suspects(path).Where(one => !AllowedFiles.Match(settings.AllowedFiles, one.Name)))
        {
            var (check, kind) =
                suspect.Kind == SuspectKind.Cache
                    ? (PyBuildCheck.Content, PyImportFailure.Content)
                    : (PyBuildCheck.Secrets, PyImportFailure.Secret);
            if (!waived.Contains(check) && !suspect.ForTests)
            {
                yield return new PyImportProblem(kind, name, $"holds {suspect.Name} ({suspect.Why})");
            }
        }

        if (!name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
        {
            yield break;
        }

        foreach (var problem in waived.Contains(PyBuildCheck.Record) ? [] : WheelRecord.Problems(path))
        {
            yield return new PyImportProblem(PyImportFailure.Record, name, problem);
        }

        foreach (var problem in WheelTagCheck.Problems(path))
        {
            yield return new PyImportProblem(PyImportFailure.Tags, name, problem);
        }
    }
}
