using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Publish;

/// <summary>A distribution on disk that is to be published, with the digest it had when this began.</summary>
internal sealed record LocalDistribution(
    FilePath Path,
    string FileName,
    ProjectName Project,
    PythonVersion Version,
    string MetadataVersion,
    Sha256Digest Sha256,
    long Size
)
{
    /// <exception cref="PySignException">The file is not a distribution.</exception>
    public static LocalDistribution Open(FilePath path, KnownDigests digests)
    {
        try
        {
            var distribution = Distribution.Read(path.FullPath);
            return new LocalDistribution(
                path,
                path.GetFilename().FullPath,
                ProjectName.Parse(distribution.Name),
                PythonVersion.Parse(distribution.Version),
                distribution.Metadata.MetadataVersion,
                digests.Of(path),
                new FileInfo(path.FullPath).Length
            );
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
