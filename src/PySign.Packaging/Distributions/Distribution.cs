using PySign.Packaging.Metadata;

namespace PySign.Packaging.Distributions;

/// <summary>
/// A distribution file on disk together with the metadata it carries. Reading checks that file name, inner folder and metadata
/// name the same project and version; nothing is ever unpacked or run.
/// </summary>
public sealed class Distribution
{
    private Distribution(string path, DistributionFileName fileName, CoreMetadata metadata, ReadOnlyMemory<byte> metadataFile)
    {
        MetadataFile = metadataFile;
        Path = path;
        FileName = fileName;
        Metadata = metadata;
    }

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>The file name, taken apart.</summary>
    public DistributionFileName FileName { get; }

    /// <summary>Wheel or source distribution.</summary>
    public DistributionKind Kind => FileName.Kind;

    /// <summary>The core metadata inside.</summary>
    public CoreMetadata Metadata { get; }

    /// <summary>The bytes of <c>METADATA</c> or <c>PKG-INFO</c>, which <see cref="Metadata"/> was read from.</summary>
    public ReadOnlyMemory<byte> MetadataFile { get; }

    /// <summary>The project's name as its metadata writes it.</summary>
    public string Name => Metadata.Name.Value;

    /// <summary>The version as its metadata writes it.</summary>
    public string Version => Metadata.Version.Value;

    /// <summary>Reads the metadata of a <c>.whl</c>, <c>.tar.gz</c> or <c>.zip</c> file, within fixed bounds.</summary>
    /// <exception cref="PackagingException">The name, the archive or its metadata is not what the specifications ask for, or they
    /// disagree.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Distribution Read(string path)
    {
        var fileName = DistributionFileName.Parse(System.IO.Path.GetFileName(path));
        if (!File.Exists(path))
            throw new PackagingException(
                PackagingFailure.FileNotFound,
                path,
                "an existing file",
                "Build the project first, or correct the path."
            );

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536, FileOptions.SequentialScan);
        return Read(path, fileName, stream);
    }

    internal static Distribution Read(string path, DistributionFileName fileName, Stream stream)
    {
        var (folder, bytes) =
            fileName.Kind == DistributionKind.Wheel ? ZipMetadata.ReadWheel(stream, fileName)
            : fileName.Value.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? ZipMetadata.ReadSdist(stream, fileName)
            : TarMetadata.ReadSdist(stream, fileName);
        var metadata = CoreMetadata.Parse(bytes);
        DistributionAgreement.Check(fileName, folder, metadata);
        return new Distribution(path, fileName, metadata, bytes);
    }
}
