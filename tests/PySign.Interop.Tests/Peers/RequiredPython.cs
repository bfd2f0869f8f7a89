namespace PySign.Interop.Tests.Peers;

/// <summary>Tests that build need a Python with build and twine; without one they are skipped and say so.</summary>
internal static class RequiredPython
{
    public static async Task Importing(params string[] modules)
    {
        var python = Environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } configured ? configured : "/usr/bin/python3";
        var found = File.Exists(python)
            && (await Peer.RunProgram(python, ["-c", $"import {string.Join(", ", modules)}"])).ExitCode == 0;
        Assert.SkipUnless(found, $"NOT RUN: {python} cannot import {string.Join(", ", modules)}; set PYSIGN_PYTHON to a Python that can.");
    }
}
