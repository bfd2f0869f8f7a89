using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Versions;

/// <summary>Orders, normal forms and specifiers beside Python's own <c>packaging</c>, where the machine has it.</summary>
public sealed class PeerTests
{
    private const string Ask = """
        import json, sys
        try:
            from packaging.version import Version, InvalidVersion
            from packaging.specifiers import SpecifierSet
        except ImportError:
            sys.exit(3)
        asked = json.load(sys.stdin)
        def normal(text):
            try:
                return str(Version(text))
            except InvalidVersion:
                return None
        versions = [normal(text) for text in asked['versions']]
        valid = [Version(text) for text in versions if text is not None]
        order = [[(a > b) - (a < b) for b in valid] for a in valid]
        matches = [[SpecifierSet(text).contains(version, prereleases=True) for version in valid] for text in asked['specifiers']]
        json.dump({'versions': versions, 'order': order, 'matches': matches}, sys.stdout)
        """;

    private static readonly string[] _operators = ["==", "!=", "<=", ">=", "<", ">", "~="];

    [Fact]
    public void Random_versions_and_specifiers_come_out_as_they_do_for_packaging()
    {
        var random = new Random(440);
        var texts = Enumerable.Range(0, 120).Select(_ => Version(random, local: true)).ToList();
        var specifiers = new List<string>();
        while (specifiers.Count < 120)
        {
            // packaging takes ".*" behind plain releases alone.
            var version = Version(random, local: false);
            var wildcard = random.Next(3) == 0 && version.All(c => char.IsAsciiDigit(c) || c == '.');
            var specifier = _operators[random.Next(_operators.Length)] + version + (wildcard ? ".*" : string.Empty);
            if (VersionSpecifier.TryParse(specifier, out _))
                specifiers.Add(specifier);
        }

        using var answer = Answer(JsonSerializer.Serialize(new { versions = texts, specifiers }));
        Assert.Equal(
            texts.Select(text => PythonVersion.TryParse(text, out var version) ? version.Normalized : null),
            answer.RootElement.GetProperty("versions").EnumerateArray().Select(element => element.GetString())
        );
        var valid = texts.Where(text => PythonVersion.TryParse(text, out _)).Select(PythonVersion.Parse).ToList();
        Assert.True(valid.Count > 80);
        for (var i = 0; i < valid.Count; i++)
        {
            for (var j = 0; j < valid.Count; j++)
                Assert.True(
                    Math.Sign(valid[i].CompareTo(valid[j])) == answer.RootElement.GetProperty("order")[i][j].GetInt32(),
                    $"{valid[i]} and {valid[j]}"
                );
        }

        var matching = 0;
        for (var i = 0; i < specifiers.Count; i++)
        {
            for (var j = 0; j < valid.Count; j++)
            {
                // "MUST NOT match a local version of the specified version": packaging also leaves out those of its later post-releases.
                if (specifiers[i][0] == '>' && specifiers[i][1] != '=' && valid[j].Local is not null)
                    continue;
                var expected = answer.RootElement.GetProperty("matches")[i][j].GetBoolean();
                Assert.True(
                    VersionSpecifier.Parse(specifiers[i]).Contains(valid[j], allowPrereleases: true) == expected,
                    $"{valid[j]} {specifiers[i]}: packaging says {expected}"
                );
                matching += expected ? 1 : 0;
            }
        }

        Assert.True(matching > 1000, matching.ToString(CultureInfo.InvariantCulture));
    }

    // Few numbers, so that many versions share a prefix; no epochs, which packaging 23 takes for nothing in a prefix.
    private static string Version(Random random, bool local)
    {
        var text = new StringBuilder();
        text.AppendJoin('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(0, 3)));
        Add(3, ["a", "b", "rc", "-alpha.", ".preview", "_c"]);
        Add(4, [".post", "-r", "-", "rev"]);
        Add(4, [".dev", "-dev", "dev_"]);
        if (local && random.Next(5) == 0)
            text.Append("+x.").Append(random.Next(3));
        return text.ToString();

        void Add(int oneIn, string[] words)
        {
            if (random.Next(oneIn) == 0)
                text.Append(words[random.Next(words.Length)]).Append(random.Next(0, 3));
        }
    }

    private static JsonDocument Answer(string question)
    {
        foreach (var program in new[] { "/usr/bin/python3", "python3", "python" })
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(program, ["-c", Ask])
                    {
                        RedirectStandardInput = true,
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                    }
                )!;
                var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                process.StandardInput.Write(question);
                process.StandardInput.Close();
                process.WaitForExit();
                if (process.ExitCode == 3)
                    continue;
                Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
                return JsonDocument.Parse(output.GetAwaiter().GetResult());
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
            {
                // Not there, or it ended before it was asked, because it has no packaging: the next one.
            }
        }

        Assert.Skip("NOT RUN: no python3 here can import packaging.");
        return JsonDocument.Parse("{}");
    }
}
