using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>One file whose signature holds in every step.</summary>
public sealed record VerifiedBlob : ProvenFile
{
    /// <summary>The bundle that proves it.</summary>
    /// <value>An absolute path.</value>
    public required FilePath Bundle { get; init; }

    /// <summary>The statement about the file, where one was asked for.</summary>
    /// <value>An in-toto statement, JSON; <see langword="null"/> for a signature over the file itself.</value>
    public string? StatementJson { get; init; }
}

/// <summary>A statement about which files a release consists of, that holds in every step and names exactly the files that are
/// there.</summary>
public sealed record VerifiedReleaseStatement : ProvenStatement;
