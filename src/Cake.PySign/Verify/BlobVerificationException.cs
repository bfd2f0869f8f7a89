using System.Text;

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
