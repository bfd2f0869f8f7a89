using System.Text;

namespace Cake.PySign.Consume;

/// <summary>What is wrong with a file of a release, one value per check.</summary>
public enum ReleaseFailure
{
    /// <summary>The registry has no bundle for a file of the index: it was published without one, or somebody removed it.</summary>
    SignatureMissing,

    /// <summary>The bundle does not prove the file, or somebody signed whom the policy does not name.</summary>
    SignatureRefused,

    /// <summary>The policy asks for <c>.sig</c> and <c>.crt</c>, and they are not there or not the bundle's own.</summary>
    DetachedSignatureRefused,

    /// <summary>The index serves no attestation of a file.</summary>
    AttestationMissing,

    /// <summary>An attestation that the index serves does not hold, or is not by a signer of the policy.</summary>
    AttestationRefused,

    /// <summary>The policy asks for provenance, and the registry has none of a file.</summary>
    ProvenanceMissing,

    /// <summary>Provenance does not hold, says other than its certificate, or not what the policy asks for.</summary>
    ProvenanceRefused,

    /// <summary>The distribution cannot be read, or names another project or version inside than outside.</summary>
    DistributionRefused,

    /// <summary>The index has no distribution of a kind that the policy asks for, or not one that was signed as part of the
    /// release.</summary>
    DistributionMissing,

    /// <summary>The index has a distribution that was not signed as part of the release.</summary>
    DistributionUnexpected,

    /// <summary>The index serves other bytes than were signed as part of the release.</summary>
    DistributionChanged,

    /// <summary>The registry has no signed statement about which files the release consists of: it was made without one, or somebody
    /// removed it.</summary>
    StatementMissing,

    /// <summary>The statement does not verify, somebody signed whom the policy does not name, or it is about another version or another
    /// project.</summary>
    StatementRefused,
}

/// <summary>A problem of one file of a release.</summary>
/// <param name="FileName">The file's name, or what is missing.</param>
/// <param name="Reason">Which check failed.</param>
/// <param name="Explanation">What was expected and what was found.</param>
/// <param name="Advice">What a person can do about it.</param>
public sealed record ReleaseProblem(string FileName, ReleaseFailure Reason, string Explanation, string Advice);

/// <summary>A release was refused. Every problem is named, not only the first.</summary>
public sealed class ReleaseVerificationException : PySignException
{
    internal ReleaseVerificationException(string release, IReadOnlyList<ReleaseProblem> problems)
        : base(PySignFailure.VerificationFailed, Describe(release, problems)) => Problems = problems;

    /// <summary>What is wrong.</summary>
    /// <value>Ordered by file; never empty.</value>
    public IReadOnlyList<ReleaseProblem> Problems { get; }

    private static string Describe(string release, IReadOnlyList<ReleaseProblem> problems)
    {
        var text = new StringBuilder($"{release} is refused; nothing of it may be used:");
        foreach (var problem in problems)
        {
            text.AppendLine()
                .Append($"  {problem.FileName}: {problem.Reason}")
                .AppendLine()
                .Append($"    {problem.Explanation}")
                .AppendLine()
                .Append($"    do: {problem.Advice}");
        }

        return text.ToString();
    }
}
