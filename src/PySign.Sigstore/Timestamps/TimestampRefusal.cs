using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Timestamps;

internal static class TimestampRefusal
{
    public static VerificationException Malformed(string expected, string actual, Exception? inner = null) =>
        Of(VerificationFailure.TimestampMalformed, $"an RFC 3161 timestamp response with {expected}", actual, inner);

    public static VerificationException Of(VerificationFailure reason, string expected, string actual, Exception? inner = null) =>
        new(
            reason,
            VerificationStep.TrustedTime,
            expected,
            actual,
            "Without a trusted time the signature proves nothing. Check that the trusted root is the signer's instance; otherwise do "
                + "not use the artifact.",
            inner
        );
}
