namespace PySign.Packaging.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void What_the_assembly_offers_is_what_the_list_says() =>
        Assert.Empty(PublicSurface.Differences(typeof(PySign.Packaging.Projects.PyProject).Assembly));
}
