using System.Text.RegularExpressions;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>docs/verification.md says of every reason what it is and what to do.</summary>
public sealed partial class ReasonPageTests
{
    private static readonly Dictionary<RefusalKind, string> _kinds = new()
    {
        [RefusalKind.Damaged] = "Damaged",
        [RefusalKind.Unsupported] = "Not supported",
        [RefusalKind.AnotherInstance] = "Another instance",
        [RefusalKind.NotAllowed] = "Not allowed",
        [RefusalKind.NotProven] = "Not proven",
        [RefusalKind.TrustUnusable] = "Trust unusable",
        [RefusalKind.Unavailable] = "Unavailable",
    };

    [Fact]
    public void Every_reason_has_one_section_that_says_its_kind_and_what_to_do()
    {
        var page = File.ReadAllText(Path.Combine(PySign.TestKit.RepositoryRoot.Path, "docs", "verification.md"));
        var sections = Section()
            .Matches(page)
            .Select(static match => (Reason: match.Groups[1].Value, Kind: match.Groups[2].Value, Text: match.Groups[3].Value))
            .ToList();
        Assert.Equal(
            Enum.GetNames<VerificationFailure>().Order(StringComparer.Ordinal),
            sections.Select(static section => section.Reason).Order(StringComparer.Ordinal)
        );
        foreach (var (reason, kind, text) in sections)
        {
            Assert.Equal(_kinds[RefusalKinds.Of(Enum.Parse<VerificationFailure>(reason))], kind);
            Assert.True(text.Length > 30, $"{reason} says too little: {text}");
        }
    }

    [GeneratedRegex(@"^### ([A-Za-z0-9]+)\n\*([^*]+)\.\* ([^\n]+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Section();
}
