using PySign.Formats;

namespace PySign.Packaging.Distributions;

/// <summary>
/// What one reading of a distribution told: its SHA-256, the metadata it carries, and what is wrong with a wheel's RECORD, through one
/// handle. A file that another one replaces meanwhile, or afterwards, is not the one that was looked into. One that is written to in place
/// is looked into and hashed at two moments: compare its digest with a known one before what was found is believed.
/// </summary>
public sealed class InspectedDistribution
{
    private InspectedDistribution(Sha256Digest sha256, long length)
    {
        Sha256 = sha256;
        Length = length;
    }

    /// <summary>The SHA-256 of the whole file, whether it could be read as a distribution or not.</summary>
    public Sha256Digest Sha256 { get; }

    /// <summary>The file's bytes.</summary>
    public long Length { get; }

    /// <summary>The distribution; <see langword="null"/> where <see cref="Failure"/> says why there is none.</summary>
    public Distribution? Distribution { get; private init; }

    /// <summary>Why the file is not a distribution; <see langword="null"/> where it is one.</summary>
    public PackagingException? Failure { get; private init; }

    /// <summary>What is wrong with RECORD, as <see cref="WheelRecord.Problems(string)"/> has it; empty where that was not asked for, and
    /// for what is not a wheel.</summary>
    public IReadOnlyList<string> RecordProblems { get; private init; } = [];

    /// <summary>Reads a <c>.whl</c>, <c>.tar.gz</c> or <c>.zip</c> file, within fixed bounds. Nothing is unpacked or run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="checkRecord">Whether a wheel is held against its RECORD, for which all of it is unpacked in passing.</param>
    /// <param name="copyTo">Is written the bytes that are hashed; <see langword="null"/> for no copy.</param>
    /// <exception cref="IOException">The file cannot be read. What <paramref name="copyTo"/> throws is thrown as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static InspectedDistribution Read(string path, bool checkRecord = true, Stream? copyTo = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using var stream = new HashedReading(file, copyTo);
        try
        {
            var name = DistributionFileName.Parse(System.IO.Path.GetFileName(path));
            var distribution = Distribution.Read(path, name, stream);
            var problems = checkRecord && name.Kind == DistributionKind.Wheel ? WheelRecord.Problems(stream, name) : [];
            return new InspectedDistribution(stream.Finish(), file.Length) { Distribution = distribution, RecordProblems = problems };
        }
        catch (PackagingException e)
        {
            return new InspectedDistribution(stream.Finish(), file.Length) { Failure = e };
        }
    }
}
