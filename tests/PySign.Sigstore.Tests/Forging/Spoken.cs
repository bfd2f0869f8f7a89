using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>What every refusal owes whoever reads it.</summary>
internal static class Spoken
{
    /// <summary>A phrase that says what was expected, a phrase that says what was found, and a sentence that says what to do.</summary>
    public static VerificationException AssertWhole(VerificationException refusal)
    {
        foreach (var phrase in (string[])[refusal.Expected, refusal.Actual])
        {
            Assert.False(string.IsNullOrWhiteSpace(phrase), refusal.Message);
            Assert.Equal(phrase.Trim(), phrase);
            Assert.False(phrase.EndsWith('.'), refusal.Message);
        }

        Assert.True(refusal.Advice.Length > 0 && char.IsUpper(refusal.Advice[0]), refusal.Message);
        Assert.True(refusal.Advice.EndsWith('.'), refusal.Message);
        return refusal;
    }
}
