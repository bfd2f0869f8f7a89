using PySign.Packaging.Projects;

namespace PySign.Packaging.Tests.Projects;

public sealed class DependencyGroupsTests
{
    private static readonly PyProject _project = PyProject.Parse(
        "[dependency-groups]\ntest = [\"pytest>=7\", {include-group = \"Type_Ing\"}]\ntype-ing = [\"mypy\"]\n"
            + "round = [{include-group = \"round\"}]\n"
            + "odd = [3]\n"
    );

    [Fact]
    public void A_group_brings_its_own_requirements_and_those_of_the_groups_in_it() =>
        Assert.Equal(["pytest>=7", "mypy"], DependencyGroups.Read(_project, ["TEST", "typE_ing"]));

    [Theory]
    [InlineData("absent")]
    [InlineData("round")]
    [InlineData("odd")]
    public void One_that_is_not_there_goes_round_or_is_malformed_is_refused(string group) =>
        Assert.Equal(
            PackagingFailure.InvalidProject,
            Assert.Throws<PackagingException>(() => DependencyGroups.Read(_project, [group])).Reason
        );
}
