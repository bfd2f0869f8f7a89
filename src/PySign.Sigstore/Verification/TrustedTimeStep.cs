using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Timestamps;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>
/// Step 1 (client-spec "Establishing a Time for the Signature"): the signature existed at which times? A timestamp that no trusted
/// authority made is passed over, as long as another time is proven; a log's promise that is wrong is always fatal.
/// </summary>
internal static class TrustedTimeStep
{
    public static IReadOnlyList<VerifiedTime> Run(Bundle bundle, TrustedRoot root)
    {
        List<VerifiedTime> times = new(2);
        VerificationException? firstRefusal = null;
        foreach (var timestamp in bundle.VerificationMaterial.Timestamps)
        {
            try
            {
                times.Add(TimestampVerification.Verify(TimestampToken.Parse(timestamp), bundle.Signature.Span, root));
            }
            catch (VerificationException e)
            {
                firstRefusal ??= e;
            }
        }

        foreach (var entry in bundle.VerificationMaterial.LogEntries)
        {
            if (LogTime(entry, root) is { } time)
            {
                times.Add(time);
            }
        }

        return times.Count > 0
            ? times
            : throw firstRefusal
                ?? TimestampRefusal.Of(NoVerifiedTime, "a timestamp of a trusted authority or a log's signed entry timestamp", "neither");
    }

    private static VerifiedTime? LogTime(TransparencyLogEntry entry, TrustedRoot root)
    {
        if (IsRekorV2(entry))
        {
            // Rekor v2 tells no time and signs no entries; whoever put one there hopes that it is believed.
            return entry is { IntegratedTime: null, SignedEntryTimestamp: null }
                ? null
                : throw Fail(IntegratedTimeUnsigned, "no integrated time and no inclusion promise in a Rekor v2 entry", "one");
        }

        if (entry.SignedEntryTimestamp is null)
        {
            // An integrated time without a signature over it is not a time (client-spec 4.1).
            return null;
        }

        var time = TransparencyLogStep.InstantOf(entry);
        var log = TransparencyLogStep.FindLog(entry, root, [time]);
        if (log.Key is null)
        {
            throw Fail(LogKeyUnusable, $"a supported key of the log {log.Name}", "another kind of key");
        }

        if (!SignedEntryTimestamp.Verify(entry, log))
        {
            throw Fail(SignedEntryTimestampInvalid, $"an entry timestamp signed by the log {log.Name}", "an invalid signature");
        }

        return log.Window.Contains(time)
            ? new VerifiedTime(time, TimeSource.TransparencyLog, log.BaseUrl)
            : throw Fail(IntegratedTimeOutsideLogWindow, $"an integrated time within {log.Window}", $"{time:u}");
    }

    public static bool IsRekorV2(TransparencyLogEntry entry) => entry.Kind == "hashedrekord" && entry.KindVersion == "0.0.2";

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.TrustedTime,
            expected,
            actual,
            "The log did not vouch for this entry at this time. Check that the trusted root is the signer's instance and up to date; "
                + "otherwise do not use the artifact."
        );
}
