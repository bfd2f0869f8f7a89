using Cake.PySign.Common.Reports;

namespace Cake.PySign.Tests.Common.Reports;

public sealed class HtmlPageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_row_with_other_cells_than_the_head_is_a_fault_and_loses_none(int cells)
    {
        var row = Enumerable.Range(0, cells).Select(i => HtmlText.Plain($"cell {i}")).ToList();
        Assert.Throws<ArgumentException>(() => new HtmlPage("Page").Table("Files", ["Name", "Digest"], [row]));
    }
}
