namespace PySign.Sigstore.Errors;

/// <summary>The ways of refusing that several rooms share, so that every refusal of a kind carries the same advice.</summary>
internal static class Refusal
{
    private const string BundleAdvice = "The file is not an intact Sigstore bundle: fetch it again from where the artifact was published.";
    private const string UnsupportedAdvice =
        "It is of a form that this version does not know, which need not mean that it is damaged: update Cake.PySign if the form is a "
        + "newer "
        + "one, or have the artifact signed again in a known one.";
    private const string RootAdvice = "The trusted root is not intact: fetch it again from the instance's TUF repository.";

    public static VerificationException Document(
        VerificationFailure reason,
        VerificationStep step,
        string expected,
        string actual,
        Exception? inner = null
    ) => new(reason, step, expected, actual, Advice(reason, step), inner);

    private static string Advice(VerificationFailure reason, VerificationStep step)
    {
        if (step == VerificationStep.TrustedRoot)
        {
            return RootAdvice;
        }

        return RefusalKinds.Of(reason) == RefusalKind.Unsupported ? UnsupportedAdvice : BundleAdvice;
    }

    public static VerificationException Bundle(VerificationFailure reason, string expected, string actual) =>
        Document(reason, VerificationStep.Parse, expected, actual);

    public static VerificationException Certificate(VerificationFailure reason, string expected, string actual, Exception? inner = null) =>
        new(
            reason,
            VerificationStep.CertificateChain,
            expected,
            actual,
            "Do not use the artifact: its certificate was not issued by a trusted authority for signing at that time. Check that the "
                + "trusted root is the signer's instance.",
            inner
        );
}
