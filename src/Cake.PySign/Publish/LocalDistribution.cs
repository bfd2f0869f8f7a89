using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Publish;

/// <summary>A distribution on disk that is to be published, with the digest it had when this began.</summary>
internal sealed record LocalDistribution : HashedFile
{
    public required ProjectName Project { get; init; }

    public required PythonVersion Version { get; init; }

    public required string MetadataVersion { get; init; }

    public required long Size { get; init; }

    /// <exception cref="PySignException">The file is not a distribution.</exception>
    public static LocalDistribution Open(FilePath path, KnownDigests digests)
    {
        try
        {
            var inspected = digests.Inspect(path);
            var distribution = inspected.Distribution ?? throw inspected.Failure!;
            return new LocalDistribution
            {
                Path = path,
                Sha256 = inspected.Sha256,
                Project = ProjectName.Parse(distribution.Name),
                Version = PythonVersion.Parse(distribution.Version),
                MetadataVersion = distribution.Metadata.MetadataVersion,
                Size = inspected.Length,
            };
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"'{path}' is not a distribution that can be published: {e.Message}",
                "Only wheels (.whl) and sdists (.tar.gz) are published here; signatures go to a generic registry.",
                e
            );
        }
    }
}
