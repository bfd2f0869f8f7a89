namespace PySign.Sigstore.Tuf;

/// <summary>Makes the exceptions, so that one kind of failure always gives the same advice.</summary>
internal static class TufRefusal
{
    /// <summary>Names come out of downloaded data: shown without control characters and at a readable length.</summary>
    public static string Shown(string text)
    {
        var clean = string.Concat(text.Take(100).Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > 100 ? clean + "…" : clean;
    }

    public static TufException Malformed(string subject, string expected, string actual, Exception? inner = null) =>
        new(
            TufFailure.Malformed,
            subject,
            expected,
            actual,
            "The file is not what a TUF repository publishes; check the mirror's address.",
            inner
        );

    public static TufException Attack(TufFailure reason, string subject, string expected, string actual) =>
        new(reason, subject, expected, actual, "Nothing of it was kept. Ask the repository's operator before trusting this mirror again.");

    public static TufException Expired(string subject, DateTimeOffset expires, DateTimeOffset now) =>
        new(
            TufFailure.Expired,
            subject,
            $"metadata that is valid at {now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}",
            $"metadata that expired at {expires.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}",
            "Check this machine's clock; if it is right, the repository is held back or no longer kept up."
        );
}
