using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Verify;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Publish;

/// <summary>The attestations that go up with distributions: read before the first byte is sent, and held against what the index serves
/// afterwards.</summary>
internal sealed class UploadAttestations
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<LocalDistribution, IReadOnlyList<FilePath>> _files;
    private readonly Dictionary<LocalDistribution, IReadOnlyList<Attestation>> _attestations;

    private UploadAttestations(Dictionary<LocalDistribution, IReadOnlyList<FilePath>> files)
    {
        _files = files;
        _attestations = files.ToDictionary(
            static pair => pair.Key,
            static pair => (IReadOnlyList<Attestation>)[.. pair.Value.Select(Read)]
        );
    }

    /// <exception cref="PySignException">A distribution has no publish attestation beside it, or one that cannot be read.</exception>
    public static UploadAttestations Beside(IEnumerable<LocalDistribution> distributions)
    {
        var files = distributions.ToDictionary(static file => file, static file => AttestationFiles.Beside(file.Path));
        var without = files
            .Where(static pair =>
                !pair.Value.Any(static path => path.FullPath.EndsWith(SignatureNames.PublishAttestation, StringComparison.Ordinal))
            )
            .Select(static pair => pair.Key.FileName)
            .ToList();
        return without.Count == 0
            ? new UploadAttestations(files)
            : throw new PySignException(
                PySignFailure.MissingFile,
                $"UploadAttestations is set, but there is no {{file}}{SignatureNames.PublishAttestation} beside: "
                    + $"{string.Join(", ", without)}. Nothing was sent.",
                "Have the files attested with PyPiAttest first."
            );
    }

    /// <summary>What twine is given in addition to the distributions.</summary>
    public IEnumerable<FilePath> PathsOf(IEnumerable<LocalDistribution> distributions) => distributions.SelectMany(file => _files[file]);

    /// <summary>The copy of an attestation, which says what was read before.</summary>
    /// <exception cref="PySignException">It says something else.</exception>
    public FilePath RequireSame(FilePath original, FilePath copy)
    {
        var (file, paths) = _files.Single(pair => pair.Value.Contains(original));
        var read = _attestations[file][paths.ToList().IndexOf(original)];
        return Read(copy).Equals(read)
            ? copy
            : throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{original}' is not the attestation that was checked. It was not sent.",
                "Somebody writes to the folder of the release. Find out who; then build again."
            );
    }

    /// <exception cref="BlobVerificationException">An attestation does not hold for its file and publisher.</exception>
    public void Verify(IEnumerable<LocalDistribution> distributions, AttestationVerifier verifier)
    {
        var failures = new List<BlobProblem>();
        var verified = 0;
        foreach (var file in distributions)
        {
            try
            {
                verifier.Verify(
                    Artifact.FromFile(file.Path.FullPath, file.Sha256),
                    AttestationFiles.NameOf(file.Path),
                    file.Sha256,
                    _attestations[file]
                );
                verified++;
            }
            catch (Exception e) when (DistributionAttestations.Failure(file.Path, e) is { } failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new BlobVerificationException(failures, verified);
        }
    }

    /// <summary>Waits until the index serves exactly these attestations for every file.</summary>
    /// <exception cref="PySignException">It serves others, or none in time.</exception>
    public async Task RequireServedAsync(IntegrityApi index, TimeProvider time, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        foreach (var (file, ours) in _attestations)
        {
            var name = AttestationFiles.NameOf(file.Path);
            Provenance? served;
            while ((served = await index.FindAsync(name, cancellationToken).ConfigureAwait(false)) is null)
            {
                if (time.GetElapsedTime(started) >= patience)
                {
                    throw new PySignException(
                        PySignFailure.NotFound,
                        $"{file.FileName} is published, but after {patience:g} the index serves no attestations of it at "
                            + $"{index.AddressOf(name)}.",
                        "An index that keeps none must not be asked for any (UploadAttestations = false). PyPI shows them late at "
                            + "times: run again."
                    );
                }

                // PyPI's pages are behind a cache.
                await Task.Delay(_pollInterval, time, cancellationToken).ConfigureAwait(false);
            }

            var theirs = served.Bundles.SelectMany(static bundle => bundle.Attestations).ToList();
            if (theirs.Count != ours.Count || !ours.All(theirs.Contains))
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"The index serves other attestations of {file.FileName} than those beside it ({theirs.Count} there, {ours.Count} "
                        + $"here): {index.AddressOf(name)}.",
                    "Attestations of a published file cannot be changed. If an earlier run of this release made them, bring them back "
                        + "from there; otherwise find out who published."
                );
            }
        }
    }

    private static Attestation Read(FilePath path)
    {
        try
        {
            return AttestationFiles.Load(path);
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"'{path}' is not an attestation: {e.Message}",
                "Have the file attested again with PyPiAttest.",
                e
            );
        }
    }
}
