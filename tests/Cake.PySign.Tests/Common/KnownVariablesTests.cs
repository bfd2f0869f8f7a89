using System.Text.RegularExpressions;
using Cake.Core;
using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common;

public sealed partial class KnownVariablesTests
{
    [Theory]
    [InlineData("PYSIGN_TEST", "PYSIGN_TESTS")]
    [InlineData("PYSIGN_DRYRUN", "PYSIGN_DRY_RUN")]
    [InlineData("PYSIGN_CERTIFICATE_IDENTITIY", "PYSIGN_CERTIFICATE_IDENTITY")]
    [InlineData("PYSIGN_REPOSITORY", "PYSIGN_REPOSITORY_URL")]
    public void A_mistyped_variable_stops_with_the_nearest_name(string mistyped, string meant)
    {
        using var rig = new CakeRig();
        rig.Environment.Variables[mistyped] = "required";
        var e = Assert.Throws<CakeException>(() => ReleaseOptions.From(rig.Context));
        Assert.Equal((int)ReleaseStage.Configuration, e.ExitCode);
        Assert.Contains($"{mistyped} (did you mean {meant}?)", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("required", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PYSIGN_TESTS")]
    [InlineData("PYSIGN_DIGESTS_LINUX")]
    [InlineData("NOT_PYSIGN_TEST")]
    public void Others_do_not(string name) => Assert.Empty(KnownVariables.Unknown([name]));

    [Fact]
    public void Every_name_in_the_sources_is_in_the_table()
    {
        var sources = Path.Combine(RepositoryRoot(), "src");
        var named = Directory
            .EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 40, $"only {named.Count} names were found in {sources}");
        Assert.DoesNotContain(named, name => !KnownVariables.Contains(name));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Cake.PySign.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex("\"(PYSIGN_[A-Z0-9_]*[A-Z0-9])\"", RegexOptions.CultureInvariant)]
    private static partial Regex Literal();
}
