using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>Why one file was refused.</summary>
/// <param name="Path">The file.</param>
/// <param name="Step">The step of the verification that failed.</param>
/// <param name="Reason">The check that failed.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What a person can do about it.</param>
public sealed record BlobFailure(FilePath Path, string Step, string Reason, string Expected, string Found, string Advice);
