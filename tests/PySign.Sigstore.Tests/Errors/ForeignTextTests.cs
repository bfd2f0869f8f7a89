using System.Globalization;
using System.Net;
using PySign.Http;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Tests.Errors;

public sealed class ForeignTextTests
{
    private static readonly string[] _attacks =
    [
        "\u001b[2K\u001b[1A",
        "\u001b]0;title\u0007",
        "\u009b31m",
        "\n::error::forged",
        "\r\n  ::add-mask::x",
        "\r##[error]forged",
        "##vso[task.setvariable variable=x]y",
        "##teamcity[buildStatus]",
        "section_start:1560896352:x\r\u001b[0K",
        "SECTION_END:1560896352:x",
        "\u202egnp.exe",
        "\u2066\u2069\u061c\u200b\ufeff",
        "\u2028::warning::x",
        "\0\b\u0007\u007f\u0085",
        "\ud800",
        "\udb40\udc41",
        "\ufff9\ue000",
        "\t\v\f",
    ];

    /// <summary>What must hold of every text that reaches a terminal or a CI log, whatever was in it.</summary>
    internal static void AssertHarmless(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal), line);
            foreach (var command in new[] { "##[", "##vso[", "##teamcity[", "section_start:", "section_end:" })
                Assert.DoesNotContain(command, line, StringComparison.OrdinalIgnoreCase);
            foreach (var c in line.Where((c, i) => !(char.IsSurrogate(c) && i > 0)))
            {
                var category = char.GetUnicodeCategory(c);
                Assert.False(
                    char.IsControl(c)
                        || category is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
                    $"U+{(int)c:X4}"
                );
            }
        }
    }

    [Fact]
    public void Whatever_others_write_is_harmless_once_it_is_cleaned_and_cleaning_again_changes_nothing()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(
                Enumerable
                    .Range(0, random.Next(1, 5))
                    .Select(_ =>
                        random.Next(3) switch
                        {
                            0 => _attacks[random.Next(_attacks.Length)],
                            1 => ((char)random.Next(0x10000)).ToString(),
                            _ => "a:",
                        }
                    )
            );
            var clean = ForeignText.Clean(text);
            AssertHarmless(clean);
            Assert.Equal(clean, ForeignText.Clean(clean));
            var line = ForeignText.Line(text);
            AssertHarmless(line);
            Assert.DoesNotContain('\n', line);
        }
    }

    [Theory]
    [InlineData("plain text, with 100 % of it: a::b", "plain text, with 100 % of it: a::b")]
    [InlineData("Grüße, 東京, 😀", "Grüße, 東京, 😀")]
    [InlineData("two\nlines", "two\nlines")]
    [InlineData("\u001b[31;1mred\u001b[0m", "red")]
    [InlineData("::error::x", ": :error::x")]
    [InlineData("a\u202eb", "a\\u202eb")]
    public void What_is_harmless_stays_and_what_is_not_becomes_visible(string text, string clean) =>
        Assert.Equal(clean, ForeignText.Clean(text));

    [Fact]
    public void Exceptions_of_this_library_are_clean_whatever_a_bundle_or_a_service_said()
    {
        foreach (var attack in _attacks)
        {
            var refused = new VerificationException(
                VerificationFailure.JsonMalformed,
                VerificationStep.Parse,
                "x",
                $"media type {attack}",
                "Do not."
            );
            AssertHarmless(refused.Message);
            AssertHarmless(refused.Actual);
            Assert.DoesNotContain('\n', refused.Message);
            var failed = new ServiceException(ServiceFailure.Status, "x", "GET", new Uri("https://x.example/"), $"answered {attack}")
            {
                BodyExcerpt = attack,
                Status = HttpStatusCode.BadRequest,
            };
            AssertHarmless(failed.Message);
        }
    }
}
