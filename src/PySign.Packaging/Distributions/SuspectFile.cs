namespace PySign.Packaging.Distributions;

/// <summary>Why a file in a distribution is suspect.</summary>
public enum SuspectKind
{
    /// <summary>A tool left it on the machine that built.</summary>
    Cache,

    /// <summary>A private key, or a file that programs keep credentials in.</summary>
    Secret,

    /// <summary>A pointer of Git LFS: the file itself was not fetched.</summary>
    LargeFilePointer,
}

/// <summary>A file that is hardly meant for the public, or not what it should be.</summary>
/// <param name="Name">The path; of a sdist relative to its root folder.</param>
/// <param name="Kind">What kind of suspicion.</param>
/// <param name="Why">What it looks like.</param>
/// <param name="ForTests">Whether it lies in a folder of tests, where keys without a use elsewhere are common.</param>
public sealed record SuspectFile(string Name, SuspectKind Kind, string Why, bool ForTests);
