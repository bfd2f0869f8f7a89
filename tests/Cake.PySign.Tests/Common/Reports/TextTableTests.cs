using Cake.PySign.Common.Reports;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common.Reports;

public sealed class TextTableTests
{
    private static readonly string[] _words =
    [
        "",
        "a",
        "two words",
        new('x', 150),
        "https://example.org/a/very/long/address/that/has/no/blank",
    ];

    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(250)]
    public void No_line_is_wider_than_the_terminal_and_no_letter_is_lost(int width)
    {
        var random = new Random(width);
        for (var i = 0; i < 200; i++)
        {
            var columns = random.Next(1, 5);
            var rows = Enumerable
                .Range(0, random.Next(1, 6))
                .Select(_ => (IReadOnlyList<string>)[.. Enumerable.Range(0, columns).Select(_ => _words[random.Next(_words.Length)])])
                .ToList();
            var lines = TextTable.Lines(rows, width).ToList();
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
            Assert.Equal(Letters(rows.SelectMany(row => row)).Order(), Letters(lines).Order());
        }
    }

    [Fact]
    public void The_width_is_that_of_COLUMNS_and_100_where_nobody_says()
    {
        using var rig = new CakeRig();
        rig.Environment.Variables["COLUMNS"] = "72";
        Assert.Equal(72, TextTable.Width(rig.Environment));
        rig.Environment.Variables["COLUMNS"] = "nonsense";
        Assert.Equal(100, TextTable.Width(rig.Environment));
    }

    private static IEnumerable<char> Letters(IEnumerable<string> texts) => string.Concat(texts).Where(c => c != ' ');
}
