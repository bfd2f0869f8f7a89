namespace PySign.Interop.Tests.Peers;

/// <summary>Tests that build need a Python with build and twine; without one they are skipped and say so.</summary>
internal static class RequiredPython
{
    public static string Path =>
        Environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } configured ? configured : "/usr/bin/python3";

    public static async Task Importing(params string[] modules) =>
        Assert.SkipUnless(
            await CanImport(modules),
            $"NOT RUN: {Path} cannot import {string.Join(", ", modules)}; set PYSIGN_PYTHON to a Python that can."
        );

    public static async Task<bool> CanImport(params string[] modules) =>
        File.Exists(Path) && (await Peer.RunProgram(Path, ["-c", $"import {string.Join(", ", modules)}"])).ExitCode == 0;
}
