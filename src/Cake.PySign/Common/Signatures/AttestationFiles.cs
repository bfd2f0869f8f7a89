using Cake.Core.IO;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Common.Signatures;

/// <summary>Where the attestations of a distribution lie, and how they are read.</summary>
internal static class AttestationFiles
{
    /// <summary>The suffixes by which twine and other uploaders know them: the publish attestation, and one of how the file was
    /// built.</summary>
    public static readonly IReadOnlyList<string> Suffixes = [SignatureNames.PublishAttestation, SignatureNames.BuildAttestation];

    /// <summary>What an attestation under a suffix says, as the type of its predicate.</summary>
    public static string PredicateOf(string suffix) =>
        suffix == SignatureNames.PublishAttestation ? AttestationStatement.PublishType : AttestationStatement.ProvenanceType;

    /// <summary>Under which suffix an attestation with a predicate of this type lies.</summary>
    public static string SuffixOf(string predicateType) =>
        predicateType == AttestationStatement.ProvenanceType ? SignatureNames.BuildAttestation : SignatureNames.PublishAttestation;

    /// <summary>The attestations that lie beside a distribution.</summary>
    public static IReadOnlyList<FilePath> Beside(FilePath distribution) =>
        [.. Suffixes.Select(suffix => new FilePath(distribution.FullPath + suffix)).Where(static path => File.Exists(path.FullPath))];

    /// <exception cref="PackagingException">The file is not an attestation.</exception>
    /// <exception cref="PySignException">It cannot be read.</exception>
    public static Attestation Load(FilePath path) => Attestation.Parse(Read(path));

    /// <summary>The bytes of an attestation; of what is larger than one can be, one byte more than <see cref="Attestation.MaxBytes"/>,
    /// which no reader takes.</summary>
    /// <exception cref="PySignException">It cannot be read.</exception>
    public static byte[] Read(FilePath path)
    {
        SpecialFile.Refuse(path.FullPath);
        try
        {
            using var file = File.OpenRead(path.FullPath);
            var buffer = new byte[Attestation.MaxBytes + 1];
            return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"The attestation '{path}' cannot be read: {e.Message}",
                innerException: e
            );
        }
    }

    /// <exception cref="PySignException">The file's name is not that of a distribution.</exception>
    public static DistributionFileName NameOf(FilePath file)
    {
        try
        {
            return DistributionFileName.Parse(file.GetFilename().FullPath);
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidName,
                $"'{file}' is not named as a distribution: {e.Message}",
                "Only wheels (.whl) and sdists (.tar.gz) have attestations.",
                e
            );
        }
    }
}
