using PySign.Sandbox.Application;

namespace PySign.Sandbox.Tests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void Every_option_is_read()
    {
        var options = CommandLine.Parse([
            "--port",
            "8080",
            "--state",
            "/tmp/s",
            "--ready-file",
            "/tmp/r.json",
            "--parent-pid",
            "12",
            "--verbose",
        ]);
        Assert.Equal(
            (8080, Path.GetFullPath("/tmp/s"), Path.GetFullPath("/tmp/r.json"), 12, true),
            (options.Port, options.StateDirectory, options.ReadyFile, options.ParentProcessId, options.Verbose)
        );
        Assert.Equal(0, CommandLine.Parse([]).Port);
    }

    [Theory]
    [InlineData("--prot", "1")]
    [InlineData("--port")]
    [InlineData("--port", "70000")]
    [InlineData("--parent-pid", "-1")]
    [InlineData("8080")]
    public void What_is_not_understood_is_refused_with_the_usage_or_the_range(params string[] arguments)
    {
        var refusal = Assert.Throws<FormatException>(() => CommandLine.Parse(arguments));
        Assert.Contains(arguments[0], refusal.Message, StringComparison.Ordinal);
    }
}
