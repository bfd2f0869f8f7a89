using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>Whose statement about a release is accepted, and where it lies.</summary>
public sealed class VerifyReleaseStatementSettings : VerificationSettings
{
    /// <summary>The statement's bundle.</summary>
    /// <value>A file; <see langword="null"/> looks for it in <see cref="BundleDirectory"/>, under the name that
    /// <c>SignReleaseStatement</c> gives it.</value>
    public FilePath? Bundle { get; set; }

    /// <summary>Where the statement lies.</summary>
    /// <value>A folder; default: the one that all the files lie in.</value>
    public DirectoryPath? BundleDirectory { get; set; }
}
