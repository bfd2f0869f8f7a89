using Cake.PySign.Common.Processes;
using Cake.PySign.Test;

namespace Cake.PySign.Tests.Test;

/// <summary>What pytest 7 and pip 23 say when something is not there.</summary>
public sealed class MissingRequirementTests
{
    [Theory]
    [InlineData("ERROR: Missing required plugins: pytest-asyncio", "the plugin pytest-asyncio")]
    [InlineData("session.py: error: unrecognized arguments: --cov=hello", "the option --cov=hello")]
    [InlineData("E   ModuleNotFoundError: No module named 'hypothesis'", "import hypothesis")]
    [InlineData("E   ModuleNotFoundError: No module named 'hello.gone'", null)]
    [InlineData(
        "ImportError: Failed to import test module: tests.test_a: ModuleNotFoundError: No module named 'freezegun'",
        "import freezegun"
    )]
    [InlineData("E       fixture 'mocker' not found", "the fixture mocker")]
    [InlineData("ERROR: Unknown config option: asyncio_mode", "the option asyncio_mode")]
    [InlineData("E   AssertionError", null)]
    public void It_is_named(string line, string? expected)
    {
        var missing = MissingRequirement.In([line], ["hello"]);
        if (expected is null)
        {
            Assert.Null(missing);
        }
        else
        {
            Assert.Contains(expected, missing, StringComparison.Ordinal);
            Assert.Contains("PYSIGN_TEST_REQUIREMENTS", missing, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(
        "WARNING: Retrying after connection broken by 'NewConnectionError(': Failed to establish a new connection: [Errno 111]')",
        true
    )]
    [InlineData("ERROR: No matching distribution found for nothing-like-this", false)]
    public void A_failing_network_is_told_from_an_index_that_has_no_such_thing(string line, bool expected) =>
        Assert.Equal(expected, MissingRequirement.IsNetwork(new ChildProcessResult(1, [new ChildProcessLine(true, line)])));
}
