namespace PySign.Formats.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void What_the_assembly_offers_is_what_the_list_says() => Assert.Empty(PublicSurface.Differences(typeof(Sha256Digest).Assembly));
}
