using PySign.Http;

namespace PySign.Sigstore.Errors;

/// <summary>
/// Says that something offered as proof is not one: the only exception that bad data can cause anywhere in this library.
/// </summary>
public sealed class VerificationException : Exception
{
    /// <summary>Says which check failed; for policies of one's own.</summary>
    public VerificationException(
        VerificationFailure reason,
        VerificationStep step,
        string expected,
        string actual,
        string advice,
        Exception? inner = null
    )
        : base(ForeignText.Line($"{reason} (step {step}): expected {expected}; found {actual}. {advice}"), inner)
    {
        Reason = reason;
        Step = step;
        Expected = ForeignText.Line(expected);
        Actual = ForeignText.Line(actual);
        Advice = advice;
    }

    /// <summary>Which check failed.</summary>
    public VerificationFailure Reason { get; }

    /// <summary>Whether the thing is damaged, not supported, of another instance, not allowed, or false.</summary>
    public RefusalKind Kind => Step == VerificationStep.TrustedRoot ? RefusalKind.TrustUnusable : RefusalKinds.Of(Reason);

    /// <summary>The step of the verification in which it failed.</summary>
    public VerificationStep Step { get; }

    /// <summary>What the check wanted, as a phrase without a full stop.</summary>
    public string Expected { get; }

    /// <summary>What was found instead, as a phrase without a full stop.</summary>
    public string Actual { get; }

    /// <summary>What a person can do about it, as a sentence.</summary>
    public string Advice { get; }
}
