namespace PySign.Sigstore.Tuf;

/// <summary>Says that a TUF repository's data is not believed, or cannot be obtained: the only exception that bad data causes
/// here.</summary>
public sealed class TufException : Exception
{
    internal TufException(TufFailure reason, string subject, string expected, string actual, string advice, Exception? inner = null)
        : base($"TUF {subject}: expected {expected}; found {actual} ({reason}). {advice}", inner)
    {
        Reason = reason;
        Subject = subject;
        Expected = expected;
        Actual = actual;
        Advice = advice;
    }

    /// <summary>Which check failed.</summary>
    public TufFailure Reason { get; }

    /// <summary>What it failed for: a role ("snapshot") or a target ("target trusted_root.json").</summary>
    public string Subject { get; }

    /// <summary>What the check wanted, as a phrase without a full stop.</summary>
    public string Expected { get; }

    /// <summary>What was found instead, as a phrase without a full stop.</summary>
    public string Actual { get; }

    /// <summary>What a person can do about it, as a sentence.</summary>
    public string Advice { get; }
}
