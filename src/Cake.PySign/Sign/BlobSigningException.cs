using System.Text;
using Cake.Core.IO;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Sign;

/// <summary>Some files are signed and some are not. What is signed stays signed; a second run with <c>KeepValid</c> signs the
/// rest.</summary>
public sealed class BlobSigningException : PySignException
{
    internal BlobSigningException(IReadOnlyList<FilePath> finished, IReadOnlyList<UnsignedBlob> missing, Exception? inner)
        : base(
            PySignFailure.SigningFailed,
            Describe(finished, missing),
            "Run again with KeepValid = true: the finished files keep their signatures, and only the missing ones are signed.",
            inner
        ) => (Finished, Missing) = (finished, missing);

    /// <summary>The files that are signed, with their bundles beside them.</summary>
    /// <value>In the order of the files given; never empty.</value>
    public IReadOnlyList<FilePath> Finished { get; }

    /// <summary>The signatures that were made.</summary>
    /// <value>One for each of <see cref="Finished"/> where files were signed; empty where they were attested.</value>
    public IReadOnlyList<SignedBlob> Signatures { get; internal init; } = [];

    /// <summary>The files that are not signed.</summary>
    /// <value>In the order of the files given; never empty.</value>
    public IReadOnlyList<UnsignedBlob> Missing { get; }

    private static string Describe(IReadOnlyList<FilePath> finished, IReadOnlyList<UnsignedBlob> missing)
    {
        var text = new StringBuilder($"{missing.Count} of {finished.Count + missing.Count} files are not signed:");
        foreach (var blob in missing)
        {
            var why = blob.Reason is { } reason ? $"{reason}: {blob.Explanation}" : blob.Explanation;
            text.AppendLine().Append($"  {blob.Path}").AppendLine().Append($"    {why}");
        }

        return text.ToString();
    }
}

/// <summary>One file that is not signed.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Reason">Why, for scripts; <see langword="null"/> where it was stopped before it was finished.</param>
/// <param name="Explanation">Why, for a person.</param>
public sealed record UnsignedBlob(FilePath Path, SigningFailure? Reason, string Explanation);
