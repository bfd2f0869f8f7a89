using PySign.Http;

namespace Cake.PySign;

/// <summary>
/// A step of a signed release stopped. The message says what happened and what to do about it; <see cref="Reason"/> is for scripts.
/// It never holds a secret.
/// </summary>
public class PySignException : Exception
{
    internal PySignException(PySignFailure reason, string message, string? advice = null, Exception? innerException = null)
        : base(ForeignText.Clean(Text(reason, message, advice)), innerException)
    {
        Reason = reason;
        Advice = advice is null ? null : ForeignText.Clean(advice);
    }

    // The reason by its name: what a search finds in docs/failures.md.
    private static string Text(PySignFailure reason, string message, string? advice) =>
        $"{message} [{nameof(PySignFailure)}.{reason}]" + (advice is null ? "" : $"{Environment.NewLine}  What to do: {advice}");

    /// <summary>Why the step stopped.</summary>
    /// <value>One of the documented causes.</value>
    public PySignFailure Reason { get; }

    /// <summary>The call to a service that failed; <see langword="null"/> where none did.</summary>
    internal ServiceException? Call { get; init; }

    /// <summary>What a person can do about it.</summary>
    /// <value>A sentence, or <see langword="null"/> where the message says all there is to say.</value>
    public string? Advice { get; }
}
