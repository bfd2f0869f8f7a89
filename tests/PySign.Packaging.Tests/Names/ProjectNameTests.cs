using PySign.Packaging.Names;

namespace PySign.Packaging.Tests.Names;

public sealed class ProjectNameTests
{
    [Theory]
    [InlineData("friendly-bard", "friendly-bard")]
    [InlineData("Friendly-Bard", "friendly-bard")]
    [InlineData("FRIENDLY-BARD", "friendly-bard")]
    [InlineData("friendly.bard", "friendly-bard")]
    [InlineData("friendly_bard", "friendly-bard")]
    [InlineData("friendly--bard", "friendly-bard")]
    [InlineData("FrIeNdLy-._.-bArD", "friendly-bard")]
    [InlineData("my--proj.Name", "my-proj-name")]
    [InlineData("x", "x")]
    public void A_name_has_one_normal_form(string name, string normalized)
    {
        var parsed = ProjectName.Parse(name);
        Assert.Equal(normalized, parsed.Normalized);
        Assert.Equal(normalized.Replace('-', '_'), parsed.FileNameForm);
        Assert.Equal(name, parsed.Value);
        Assert.Equal(ProjectName.Parse(normalized), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("größe")]
    [InlineData("a\n")]
    [InlineData("..")]
    public void What_is_not_a_name_is_refused(string name)
    {
        var refused = Assert.Throws<PackagingException>(() => ProjectName.Parse(name));
        Assert.Equal(PackagingFailure.InvalidName, refused.Reason);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
