using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>One file that is not signed.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Reason">Why, as one word: a <c>SigningFailure</c>, or <c>Cancelled</c>.</param>
/// <param name="Message">Why, for a person.</param>
public sealed record UnsignedBlob(FilePath Path, string Reason, string Message);
