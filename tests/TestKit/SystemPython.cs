namespace PySign.TestKit;

/// <summary>The Python that builds and uploads in tests of a whole release.</summary>
public static class SystemPython
{
    public static string Path => Environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";

    public static void Require(string modules)
    {
        if (!File.Exists(Path))
        {
            Assert.Skip($"There is no {Path}: install python3, or name another with PYSIGN_PYTHON.");
        }

        if (ProgramRun.Of(Path, ["-c", $"import {modules}"]).ExitCode != 0)
        {
            Assert.Skip($"{Path} cannot import {modules}: install them for it.");
        }
    }
}
