using System.Text;
using Cake.Core.IO;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Verify;

/// <summary>At least one file was refused. Every refused file is named, not only the first.</summary>
public sealed class BlobVerificationException : PySignException
{
    internal BlobVerificationException(IReadOnlyList<BlobProblem> failures, int verified)
        : base(PySignFailure.VerificationFailed, Describe(failures, verified)) => Problems = failures;

    /// <summary>One entry for each refused file.</summary>
    /// <value>In the order of the files given; never empty.</value>
    public IReadOnlyList<BlobProblem> Problems { get; }

    private static string Describe(IReadOnlyList<BlobProblem> failures, int verified)
    {
        var text = new StringBuilder($"{failures.Count} of {failures.Count + verified} files refused; nothing of this set may be used:");
        foreach (var failure in failures)
        {
            text.AppendLine()
                .Append($"  {failure.Path}")
                .AppendLine()
                .Append($"    step:     {failure.Step} ({failure.Cause})")
                .AppendLine()
                .Append($"    expected: {failure.Expected}")
                .AppendLine()
                .Append($"    found:    {failure.Found}")
                .AppendLine()
                .Append($"    do:       {failure.Advice}");
        }

        return text.ToString();
    }
}

/// <summary>One file is refused, before or after its signature is looked at; it becomes one of the failures of the whole set.</summary>
internal sealed class BlobRefusedException(BlobProblem failure) : Exception(failure.Cause)
{
    public BlobProblem Failure { get; } = failure;
}

/// <summary>Why one file was refused.</summary>
/// <param name="Path">The file.</param>
/// <param name="Step">The step of the verification that failed.</param>
/// <param name="Reason">What is wrong, for scripts.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What a person can do about it.</param>
public sealed record BlobProblem(FilePath Path, string Step, BlobFailure Reason, string Expected, string Found, string Advice)
{
    /// <summary>The check of the Sigstore verification that failed.</summary>
    /// <value>Set where <see cref="Reason"/> is <see cref="BlobFailure.CheckFailed"/>.</value>
    public VerificationFailure? Check { get; init; }

    /// <summary>The cause in a word, for messages: the most exact one that is known.</summary>
    internal string Cause { get; init; } = Reason.ToString();

    internal static BlobProblem Of(FilePath path, VerificationException e) =>
        new(path, e.Step.ToString(), BlobFailure.CheckFailed, e.Expected, e.Actual, e.Advice)
        {
            Check = e.Reason,
            Cause = e.Reason.ToString(),
        };
}

/// <summary>What is wrong with a file that was refused.</summary>
public enum BlobFailure
{
    /// <summary>A check of the Sigstore verification failed: <see cref="BlobProblem.Check"/> says which.</summary>
    CheckFailed,

    /// <summary>There is no bundle.</summary>
    BundleMissing,

    /// <summary>The bundle holds a statement about the file, not a signature of it.</summary>
    NotABlobSignature,

    /// <summary>The bundle says something about the file other than what was asked for.</summary>
    OtherPredicateType,

    /// <summary>There is no attestation.</summary>
    AttestationMissing,

    /// <summary>An attestation is damaged, or it is about something else.</summary>
    AttestationRefused,

    /// <summary>There is no provenance.</summary>
    ProvenanceMissing,

    /// <summary>The provenance is not this release's.</summary>
    ProvenanceRefused,

    /// <summary>A signature or certificate file is missing, or it is not the bundle's.</summary>
    DetachedSignatureRefused,

    /// <summary>The release statement is damaged, or it is about something else.</summary>
    StatementRefused,

    /// <summary>The release statement names a file that is not there.</summary>
    FileMissing,

    /// <summary>The release statement names other bytes.</summary>
    FileChanged,

    /// <summary>The release statement does not name the file.</summary>
    FileUnexpected,
}
