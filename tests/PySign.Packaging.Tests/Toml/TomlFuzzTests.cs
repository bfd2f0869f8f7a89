using System.Text;
using PySign.Packaging.Toml;
using PySign.Packaging.TomlTest;

namespace PySign.Packaging.Tests.Toml;

public sealed class TomlFuzzTests
{
    private static readonly string[] _seeds =
    [
        "[project]\nname = \"a\" # c\nversion='1'\nurls = { a = 1, b.c = [1, 2.5, inf] }\n[[x.y]]\nz = 1979-05-27T07:32:00Z\n",
        "a.\"b\".'c' = \"\"\"x\\\n   \\u00e9 \"\"q\"\"\"\"\nd = '''l''\nl'''\r\ne = [\n  0x1F, # c\n  0o7, 0b1, -1_0.5e-3,\n]\n",
        "\ufefft = 07:32:00.5\nu = 1979-05-27 07:32:00-07:00\n[a.b]\n[a]\nc = {}\nx = true\n",
    ];

    private static readonly string[] _pieces =
    [
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "#",
        "\n",
        "\r\n",
        "\r",
        "\\",
        "\\u",
        "\\U0011",
        "_",
        "-",
        "+",
        "0",
        "1e",
        "inf",
        ":",
        "T",
        " ",
        "\t",
        "\0",
        "\ud800",
        "é",
        "\ufeff",
    ];

    [Fact]
    public void Mutated_documents_are_either_refused_or_written_back_unchanged()
    {
        var random = new Random(20260101);
        var (accepted, refused) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var text = Mutate(new StringBuilder(_seeds[round % _seeds.Length]), random);
            try
            {
                var document = TomlDocument.Parse(text);
                Assert.Equal(text, document.ToString());
                Assert.NotEmpty(TaggedJson.Write(document));
                accepted++;
            }
            catch (TomlException error)
            {
                Assert.InRange(error.Line, 1, text.Length + 1);
                refused++;
            }
        }

        Assert.True(accepted > 1000 && refused > 1000, $"{accepted} accepted, {refused} refused");
    }

    [Theory]
    [InlineData("a = ", "[", "")]
    [InlineData("a = ", "{a=", "")]
    [InlineData("", "a.", "a = 1")]
    [InlineData("[", "a.", "a]")]
    [InlineData("a = ", "[{a.a=", "")]
    [InlineData("a = \"", "\\\\", "")]
    [InlineData("a = \"\"\"", "\"\" ", "")]
    [InlineData("a = [", "#\n", "")]
    public void Endless_repetition_is_refused_in_time_that_grows_with_it_and_without_overflow(string head, string piece, string tail) =>
        Growth.AssertLinear(
            500_000,
            count => head + string.Concat(Enumerable.Repeat(piece, count)) + tail,
            text => Assert.Throws<TomlException>(() => TomlDocument.Parse(text))
        );

    [Fact]
    public void Nesting_is_read_up_to_its_bound()
    {
        Assert.NotNull(TomlDocument.Parse($"a = {new string('[', 250)}{new string(']', 250)}"));
        Assert.Equal(
            TomlFailure.TooDeep,
            Assert.Throws<TomlException>(() => TomlDocument.Parse($"a = {new string('[', 300)}{new string(']', 300)}")).Reason
        );
    }

    [Fact]
    public void A_document_beyond_its_size_is_refused() =>
        Assert.Equal(
            TomlFailure.TooLarge,
            Assert.Throws<TomlException>(() => TomlDocument.Parse(new string('\n', (16 * 1024 * 1024) + 1))).Reason
        );

    private static string Mutate(StringBuilder text, Random random)
    {
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, _pieces[random.Next(_pieces.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(0, 0x180);
                    break;
                default:
                    text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 30), text.Length - at)));
                    break;
            }
        }

        return text.ToString();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("#\n")]
    [InlineData("\r\n")]
    public void Ten_million_characters_of_lines_are_refused_before_they_cost_their_weight(string line)
    {
        var text = string.Concat(Enumerable.Repeat(line, 10_000_000 / line.Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(TomlFailure.TooLarge, Assert.Throws<TomlException>(() => TomlDocument.Parse(text)).Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L << 20);
    }

    [Fact]
    public void As_many_lines_as_are_allowed_are_read() => Assert.Empty(TomlDocument.Parse(new string('\n', 499_999)).Root.Keys);
}
