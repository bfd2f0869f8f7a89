namespace PySign.Packaging.Distributions;

/// <summary>Why a file in a distribution is suspect.</summary>
public enum SuspectKind
{
    /// <summary>A tool left it on the machine that built.</summary>
    Cache,

    /// <summary>A private key, or a file that programs keep credentials in.</summary>
    Secret,
}

/// <summary>A file that is hardly meant for the public.</summary>
/// <param name="Name">The path; of a sdist relative to its root folder.</param>
/// <param name="Kind">Cache or secret.</param>
/// <param name="Why">What it looks like.</param>
/// <param name="ForTests">Whether it lies in a folder of tests, where keys without a use elsewhere are common.</param>
public sealed record SuspectFile(string Name, SuspectKind Kind, string Why, bool ForTests);
