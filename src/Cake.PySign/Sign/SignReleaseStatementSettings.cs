using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>Who signs which files a release consists of, and which services are used.</summary>
public sealed class SignReleaseStatementSettings : SignatureSettings
{
    /// <summary>Where the statement goes.</summary>
    /// <value>A folder; <see langword="null"/> means the one that all the files lie in.</value>
    public DirectoryPath? OutputDirectory { get; set; }
}
