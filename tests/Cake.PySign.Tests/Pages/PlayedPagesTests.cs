using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Audit;
using Cake.PySign.Tests.CiFiles;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Pages;

/// <summary>
/// What the README, the first minutes of the pages and the samples tell a reader to do, done exactly as it is printed, on a machine that
/// has nothing else. <c>PYSIGN_PLAYED_PAGES=all</c> plays all of them.
/// </summary>
[Trait("Category", "EndToEnd")]
public sealed partial class PlayedPagesTests(CleanMachine machine) : IClassFixture<CleanMachine>
{
    private static readonly bool _all = Environment.GetEnvironmentVariable("PYSIGN_PLAYED_PAGES") == "all";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_readme_releases_a_project_from_an_empty_folder()
    {
        SkipWithoutBash();
        var lines = Shell(Section("README.md", "## Ten lines, from an empty folder"))[0];
        var output = await PlayAsync("README.md", machine.Empty("readme"), lines);
        Assert.Contains("Nothing became public.", output, StringComparison.Ordinal);
        Assert.Contains("ConsumerVerification", output, StringComparison.Ordinal);
        Assert.True(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length <= 10, lines);
    }

    [Theory]
    [InlineData("gitlab", "Nothing became public.")]
    [InlineData("github-pypi", "Nothing became public.")]
    [InlineData("aliases-only", "was signed by")]
    [InlineData("many-wheels", "Nothing became public.")]
    [InlineData("monorepo", "Nothing became public.")]
    public async Task A_sample_does_what_its_readme_says(string name, string expected)
    {
        SkipUnless(_all);
        var folder = Copied(name);
        var lines = Shell(Read($"samples/{name}/README.md"))[0];
        Assert.Contains(expected, await PlayAsync($"samples/{name}", folder, lines, Twine()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_of_a_consumer_knows_real_provenance_and_refuses_another_publisher()
    {
        SkipWithoutBash();
        var folder = Copied("consumer");
        await using var rig = await AuditRig.StartAsync();
        var real = Path.Combine(
            Corpora.Require("sigstore-deployments"),
            "pypi-provenance-empty-environment",
            "sampleproject-4.0.0.tar.gz.provenance"
        );
        using var provenance = JsonDocument.Parse(await File.ReadAllTextAsync(real, Stop));
        rig.Index.Plant(
            "sampleproject-4.0.0.tar.gz",
            ("sampleproject", "4.0.0"),
            "0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b",
            DateTimeOffset.UnixEpoch,
            provenance.RootElement.Clone()
        );
        // The index and Sigstore's repository of trust are out of reach: an index here, and the trust that the package carries.
        var index = new Dictionary<string, string> { ["PYSIGN_AUDIT_INDEX"] = rig.IndexUrl.AbsoluteUri, ["PYSIGN_TRUST"] = "Embedded" };
        var lines = Shell(Read("samples/consumer/README.md"))[0];
        await PlayAsync("samples/consumer", folder, lines, index);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "artifacts/audit/audit.json"), Stop));
        Assert.Equal("attested", report.RootElement.GetProperty("packages")[0].GetProperty("state").GetString());

        var policy = Path.Combine(folder, "pysign-dependencies.toml");
        await File.WriteAllTextAsync(
            policy,
            (await File.ReadAllTextAsync(policy, Stop)).Replace("release.yml", "other.yml", StringComparison.Ordinal),
            Stop
        );
        Assert.Equal(19, (await machine.RunAsync(folder, lines, index, Stop)).Exit);
    }

    [Theory]
    [InlineData("on-gitlab.md")]
    [InlineData("on-github.md")]
    public async Task The_five_minutes_of_a_page_are_five_minutes(string page)
    {
        SkipUnless(_all);
        var folder = machine.Empty(page);
        JobRunner.CopyFolder(Path.Combine(RepositoryRoot.Path, "samples", "gitlab", "src"), Path.Combine(folder, "src"));
        foreach (var file in new[] { "pyproject.toml", "README.md" })
        {
            File.Copy(Path.Combine(RepositoryRoot.Path, "samples", "gitlab", file), Path.Combine(folder, file));
        }

        var text = Section($"docs/{page}", "## Five minutes");
        text = text[..text.IndexOf("For the real release", StringComparison.Ordinal)];
        var lines = "git init --quiet\ngit add --all\ngit commit --quiet --message 'A project'\n" + string.Join('\n', Steps(text));
        Assert.Contains("Nothing became public.", await PlayAsync($"docs/{page}", folder, lines, Twine()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("samples/gitlab/.gitlab-ci.yml", "recipes/gitlab/.gitlab-ci.yml")]
    [InlineData("samples/github-pypi/.github/workflows/release.yml", "recipes/github/release-pypi.yml")]
    [InlineData("samples/many-wheels/.github/workflows/release.yml", "recipes/github/wheels.yml")]
    public void A_sample_has_the_CI_file_of_the_recipes(string copy, string recipe)
    {
        if (Environment.GetEnvironmentVariable("PYSIGN_ACCEPT_PAGES") == "1")
        {
            File.Copy(Path.Combine(RepositoryRoot.Path, recipe), Path.Combine(RepositoryRoot.Path, copy), overwrite: true);
        }

        Assert.True(Read(recipe) == Read(copy), $"{copy} is not {recipe}; PYSIGN_ACCEPT_PAGES=1 copies it.");
    }

    private async Task<string> PlayAsync(string what, string folder, string lines, IReadOnlyDictionary<string, string>? variables = null)
    {
        var started = Stopwatch.GetTimestamp();
        var (exit, output) = await machine.RunAsync(folder, lines, variables, Stop);
        Assert.True(exit == 0, $"{what} ended with {exit}:\n{output}");
        var reports = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts", "test-reports")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(reports, $"played-{what.Replace('/', '-')}.txt"),
            $"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s\n",
            Stop
        );
        return output;
    }

    // What a reader has from PyPI: a twine that knows attestations, where there is one.
    private static Dictionary<string, string> Twine()
    {
        var twine = Path.GetFullPath(Path.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        return Directory.Exists(twine) ? new() { ["PYTHONPATH"] = twine } : [];
    }

    private string Copied(string sample)
    {
        var folder = machine.Empty(sample);
        JobRunner.CopyFolder(Path.Combine(RepositoryRoot.Path, "samples", sample), folder);
        return folder;
    }

    // A block whose first line is a comment with a file's name is that file.
    private static IEnumerable<string> Steps(string text) =>
        Blocks()
            .Matches(text)
            .Select(match =>
                match.Groups["language"].Value == "sh"
                    ? match.Groups["text"].Value
                    : $"cat > build.cake <<'END'\n{match.Groups["text"].Value}END\n"
            );

    private static IReadOnlyList<string> Shell(string text) =>
        [.. Blocks().Matches(text).Where(match => match.Groups["language"].Value == "sh").Select(match => match.Groups["text"].Value)];

    private static string Section(string page, string heading)
    {
        var text = Read(page);
        var start = text.IndexOf(heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{page} has no section '{heading}'.");
        var end = text.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, path)).ReplaceLineEndings("\n");

    private static void SkipUnless(bool all)
    {
        SkipWithoutBash();
        if (!all)
        {
            Assert.Skip("NOT RUN: PYSIGN_PLAYED_PAGES=all plays every page and sample.");
        }
    }

    private static void SkipWithoutBash()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            Assert.Skip("NOT RUN: the lines of the pages are those of a shell on Linux.");
        }
    }

    [GeneratedRegex(
        "^```(?<language>sh|csharp)\\n(?<text>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Blocks();
}
