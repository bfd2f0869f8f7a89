namespace PySign.Packaging;

/// <summary>Something does not follow Python's packaging standards. Says what was read, what was expected and what to do.</summary>
public sealed class PackagingException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">Which rule was broken.</param>
    /// <param name="input">What was read: a name, a file name, a path or a value. Shortened and stripped of control characters.</param>
    /// <param name="expected">What the specification expects there, as a phrase.</param>
    /// <param name="advice">What to do next, as a sentence.</param>
    /// <param name="innerException">What the runtime reported, if it did.</param>
    public PackagingException(PackagingFailure reason, string input, string expected, string advice, Exception? innerException = null)
        : base($"{Printable(input)}: expected {expected}. {advice}".TrimEnd(), innerException)
    {
        Reason = reason;
        Input = Printable(input);
        Expected = expected;
        Advice = advice;
    }

    /// <summary>Which rule was broken.</summary>
    public PackagingFailure Reason { get; }

    /// <summary>What was read, in a form that is safe to print (one line, at most 200 characters).</summary>
    public string Input { get; }

    /// <summary>What was expected instead.</summary>
    public string Expected { get; }

    /// <summary>What a person can do about it.</summary>
    public string Advice { get; }

    // Input comes from archives and index pages: it must not move a terminal's cursor or fill a log.
    private static string Printable(string input)
    {
        const int Limit = 200;
        var text = input.Length <= Limit ? input : string.Concat(input.AsSpan(0, Limit), "…");
        return string.Create(
            text.Length,
            text,
            static (span, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                    span[i] =
                        char.IsControl(source[i]) || char.IsSurrogate(source[i]) || source[i] is '\u2028' or '\u2029' ? '?' : source[i];
            }
        );
    }
}
