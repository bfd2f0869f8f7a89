using Cake.PySign.Common.Logging;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Which version is built when several things state one, and what stops.</summary>
public sealed class WantedVersionTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(null, null, null, "1.2.3", null)]
    [InlineData("2.0", null, null, "1.2.3", "2.0")]
    [InlineData("v2.0-RC1", "v2.0rc1", null, "1.2.3", "2.0rc1")]
    [InlineData(null, "v1.2.3", null, "1.2.3", "1.2.3")]
    [InlineData(null, "1.2.3", null, "1.2.3", "1.2.3")]
    [InlineData(null, "v1.2", null, "1.2.0", "1.2.0")]
    [InlineData(null, "nightly", null, "1.2.3", null)]
    [InlineData(null, "hello/v1.2.3", "hello/v{version}", "1.2.3", "1.2.3")]
    [InlineData(null, "v4.5", null, null, "4.5")]
    public void The_first_that_states_one_wins_when_all_agree(
        string? parameter,
        string? tag,
        string? pattern,
        string? own,
        string? expected
    ) => Assert.Equal(expected, Of(parameter, tag, pattern, own));

    [Theory]
    [InlineData("1.2.4", "v1.2.3", null, "1.2.3", "the parameter package-version says 1.2.4", "the tag v1.2.3 says 1.2.3")]
    [InlineData(null, "v1.2.3", null, "1.2.2", "the tag v1.2.3 says 1.2.3", "version in [project] of pyproject.toml says 1.2.2")]
    [InlineData(null, "v1.2.3-SNAPSHOT", null, "1.2.3", "the tag v1.2.3-SNAPSHOT says '1.2.3-SNAPSHOT'", "'1.2.3.dev0'")]
    [InlineData(null, "other/v1.2.3", "hello/v{version}", "1.2.3", "the tag other/v1.2.3", "hello/v{version}")]
    [InlineData(null, "v1.2.3", "v*", "1.2.3", "tag pattern 'v*'", "exactly once")]
    [InlineData(null, "f03-v9.9.9", null, "1.2.3", "the tag f03-v9.9.9", "the tag pattern f03-v{version}")]
    [InlineData(null, "pkg@9.9", null, "1.2.3", "the tag pkg@9.9", "the tag pattern pkg@{version}")]
    [InlineData(null, "release/9.9.9rc1", null, "1.2.3", "the tag release/9.9.9rc1", "the tag pattern release/{version}")]
    public void What_disagrees_stops_and_is_named(string? parameter, string? tag, string? pattern, string? own, string one, string other)
    {
        var e = Assert.Throws<PySignException>(() => Of(parameter, tag, pattern, own));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains(one, e.Message, StringComparison.Ordinal);
        Assert.Contains(other, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_without_a_version_is_said_and_a_parameter_wins_over_one_that_only_holds_one()
    {
        Assert.Null(Of(null, "nightly", null, "1.2.3"));
        Assert.Contains("The tag nightly names no version", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Equal("2.0", Of("2.0", "image-py3.11", null, "1.2.3"));
        Assert.Contains("The tag image-py3.11 is not read as a version", _rig.Log.Text, StringComparison.Ordinal);
    }

    private string? Of(string? parameter, string? tag, string? pattern, string? own)
    {
        _rig.Folder.Write(
            "project/pyproject.toml",
            own is null
                ? "[build-system]\nrequires = ['setuptools-scm']\nbuild-backend = 'setuptools.build_meta'\n[project]\nname = "
                    + "'x'\ndynamic = ['version']\n"
                : $"[project]\nname = 'x'\nversion = '{own}'\n"
        );
        var options = new ReleaseOptions
        {
            Version = parameter,
            Tag = tag,
            TagPattern = pattern,
        };
        return WantedVersion.Of(options, _rig.Folder.Folder("project"), new SafeLog(_rig.Log, new SecretRedactor()));
    }
}
