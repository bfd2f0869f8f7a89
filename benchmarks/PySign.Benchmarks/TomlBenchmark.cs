using System.Diagnostics;
using System.Globalization;
using System.Text;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;

namespace PySign.Benchmarks;

/// <summary>
/// A pyproject.toml of 100 KB: read, its version edited and written, beside Python's tomllib, which only reads it. Python measures itself,
/// in one process that is warm like this one, between two halves of our own rounds.
/// </summary>
internal static class TomlBenchmark
{
    private const int Rounds = 200;

    private const string Loop = """
        import sys, time, tomllib
        text = open(sys.argv[1], encoding='utf-8').read()
        times = []
        for _ in range(int(sys.argv[2])):
            start = time.perf_counter()
            tomllib.loads(text)
            times.append(time.perf_counter() - start)
        print(sorted(times)[len(times) // 2] * 1000)
        """;

    public static async Task RunAsync()
    {
        var text = Sample();
        var utf8 = Encoding.UTF8.GetBytes(text);
        var file = Path.Combine(Directory.CreateTempSubdirectory("pysign-").FullName, "pyproject.toml");
        try
        {
            await File.WriteAllBytesAsync(file, utf8);
            for (var i = 0; i < Rounds; i++)
            {
                Edit(text);
            }

            var parse = new List<double>();
            var edit = new List<double>();
            Measure(text, parse, edit);
            var python = Python(file);
            Measure(text, parse, edit);
            if (python is not { } theirs)
            {
                Console.WriteLine(
                    $"toml                    parse {Median(parse):0.000} ms, parse and edit {Median(edit):0.000} ms of "
                        + $"{utf8.Length / 1024} KB; no Python with tomllib (3.11) to compare with"
                );
                return;
            }

            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"toml                    parse {Median(parse):0.000} ms, parse and edit {Median(edit):0.000} ms of "
                        + $"{utf8.Length / 1024} KB, tomllib's parse {theirs:0.000} ms: {theirs / Median(edit):0.0} times faster (goal: "
                        + $"at least 5 times)"
                )
            );
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static void Measure(string text, List<double> parse, List<double> edit)
    {
        for (var i = 0; i < Rounds; i++)
        {
            parse.Add(Time(() => TomlDocument.Parse(text)));
            edit.Add(Time(() => Edit(text)));
        }
    }

    private static string Edit(string text) => PyProject.Parse(text).WithVersion("2.0").ToString();

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double? Python(string file)
    {
        foreach (var program in new[] { "/usr/bin/python3", "python3", "python" })
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(program, ["-c", Loop, file, Rounds.ToString(CultureInfo.InvariantCulture)])
                    {
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                    }
                )!;
                var errors = process.StandardError.ReadToEndAsync();
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return double.Parse(output, CultureInfo.InvariantCulture);
                }

                _ = errors.Result;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not there: the next one.
            }
        }

        return null;
    }

    // What large project files are made of: long lists of dependencies, tables of tools, URLs, comments.
    private static string Sample()
    {
        var text = new StringBuilder(
            """
            [build-system]
            requires = ["hatchling>=1.25"]
            build-backend = "hatchling.build"

            [project]
            name = "large"
            version = "1.0"   # edited
            description = "A project file as monorepos have them"
            dependencies = [

            """.ReplaceLineEndings("\n")
        );
        for (var i = 0; i < 600; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"    \"package-{i:000}>={i % 9}.{i % 7},<{(i % 9) + 1}; python_version >= '3.{9 + (i % 5)}'\",  # why {i}\n"
            );
        }

        text.Append("]\n\n[project.urls]\nHomepage = \"https://example.org/large\"\n");
        for (var i = 0; text.Length < 100 * 1024; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n# Settings of tool {i}\n[tool.t{i}]\nline-length = {i}\nenabled = {(i % 2 == 0 ? "true" : "false")}\nratio = "
                    + $"{i}.5e-3\nselect = [\"E\", \"F{i}\", 'W']\nper-file = {{ path = \"src/t{i}\", strict = true "
                    + $"}}\n\n[[tool.overrides]]\nmodule = \"large.m{i}.*\"\nsince = 2024-01-{1 + (i % 28):00}\n"
            );
        }

        return text.ToString();
    }
}
