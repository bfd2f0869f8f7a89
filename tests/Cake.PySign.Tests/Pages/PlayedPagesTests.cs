using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Audit;
using Cake.PySign.Tests.CiFiles;

namespace Cake.PySign.Tests.Pages;

/// <summary>
/// What the README, the first minutes of the pages and the samples tell a reader to do, done exactly as it is printed, on a machine that
/// has nothing else. <c>PYSIGN_PLAYED_PAGES=all</c> plays all of them, <c>on-github.md,monorepo</c> these two.
/// </summary>
[Trait("Category", "EndToEnd")]
public sealed partial class PlayedPagesTests(CleanMachine machine) : IClassFixture<CleanMachine>
{
    private static readonly string[] _asked = (Environment.GetEnvironmentVariable("PYSIGN_PLAYED_PAGES") ?? "").Split(',');

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_readme_releases_a_project_from_an_empty_folder()
    {
        SkipWithoutBash();
        var lines = Shell(Section("README.md", "## Ten lines, from an empty folder"))[0];
        var output = await PlayAsync("README.md", machine.Empty("readme"), lines);
        Assert.Contains("Nothing became public.", output, StringComparison.Ordinal);
        Assert.Contains("ConsumerVerification", output, StringComparison.Ordinal);
        // A machine that has them for another Python would hide that a line is missing.
        Assert.Matches(@"hello-release/\.venv/bin/python \(VIRTUAL_ENV\), build", output);
        Assert.Matches(@"hello-release/\.venv/bin/python \(VIRTUAL_ENV\), twine", output);
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
        SkipUnlessAsked(name);
        var folder = Copied(name);
        var lines = Shell(Read($"samples/{name}/README.md"))[0];
        Assert.Contains(expected, await PlayAsync($"samples/{name}", folder, lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_of_a_consumer_knows_real_provenance_and_refuses_another_publisher()
    {
        SkipWithoutBash();
        var folder = Copied("consumer");
        await using var rig = await SampleProjectAsync();
        var index = Asking(rig);
        var lines = Shell(Read("samples/consumer/README.md"))[0];
        await PlayAsync("samples/consumer", folder, lines, index);
        Assert.Equal("attested", StateIn(folder));

        var policy = Path.Combine(folder, "pysign-dependencies.toml");
        await File.WriteAllTextAsync(
            policy,
            (await File.ReadAllTextAsync(policy, Stop)).Replace("release.yml", "other.yml", StringComparison.Ordinal),
            Stop
        );
        Assert.Equal(19, (await machine.RunAsync(folder, lines, index, Stop)).Exit);
    }

    /// <summary>The first part of a page, from its first block to its last, in a repository that has what the page says.</summary>
    [Theory]
    [InlineData("on-gitlab.md", "gitlab", "Nothing became public.")]
    [InlineData("on-github.md", "gitlab", "Nothing became public.")]
    [InlineData("importing.md", "gitlab", "Nothing became public.")]
    [InlineData("in-a-cake-build.md", "aliases-only", "was signed by")]
    [InlineData("private-sigstore.md", null, "Verified notes.txt")]
    [InlineData("several-projects.md", "monorepo", "Nothing became public.")]
    [InlineData("verify-as-a-user.md", null, "attested")]
    [InlineData("dependencies-audit.md", "consumer", "attested")]
    [InlineData("as-a-library.md", "readme", "was signed by https://127.0.0.1:")]
    public async Task The_five_minutes_of_a_page_are_five_minutes(string page, string? repository, string expected)
    {
        SkipUnlessAsked(page);
        var folder = await RepositoryOfAsync(page, repository);
        var lines = string.Join('\n', Steps(Section($"docs/{page}", "## Five minutes")));
        if (expected == "attested")
        {
            await using var rig = await SampleProjectAsync();
            await PlayAsync($"docs/{page}", folder, lines, Asking(rig));
            Assert.Equal(expected, StateIn(folder));
            var changed = lines.Replace("\"release.yml\"", "\"other.yml\"", StringComparison.Ordinal);
            if (changed != lines)
            {
                Assert.Equal(19, (await machine.RunAsync(machine.Empty("other-workflow"), changed, Asking(rig), Stop)).Exit);
            }

            return;
        }

        Assert.Contains(expected, await PlayAsync($"docs/{page}", folder, lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_release_of_this_project_is_rehearsed()
    {
        SkipUnlessAsked("release");
        var folder = Path.Combine(machine.Empty("release"), "a clone");
        var from = RepositoryRoot.Path;
        // An address of its own, and a blank in the path: neither may be seen in the package.
        var lines =
            $"git clone --quiet '{from}' '{folder}'\ncd '{folder}'\ngit remote set-url origin https://github.com/acme/fork.git\n"
            + "./build.sh --target=Release --rehearse\ncd artifacts/release\nsha256sum --check SHA256SUMS";
        var variables = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = JobRunner.Packages,
            ["HOME"] = Environment.GetEnvironmentVariable("HOME")!,
        };
        var output = await PlayAsync("release", from, lines, variables);
        Assert.Contains("the same from a fresh clone", output, StringComparison.Ordinal);
        Assert.Contains("Verified 3 files", output, StringComparison.Ordinal);
        Assert.Contains(".cdx.json: OK", output, StringComparison.Ordinal);
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

    /// <summary>The index and Sigstore's repository of trust are out of reach: an index here that has the real provenance of a real
    /// package, and the trust that the package carries.</summary>
    private static async Task<AuditRig> SampleProjectAsync()
    {
        var real = Path.Combine(
            Corpora.Require("sigstore-deployments"),
            "pypi-provenance-empty-environment",
            "sampleproject-4.0.0.tar.gz.provenance"
        );
        using var provenance = JsonDocument.Parse(await File.ReadAllTextAsync(real, Stop));
        var rig = await AuditRig.StartAsync();
        rig.Index.Plant(
            "sampleproject-4.0.0.tar.gz",
            ("sampleproject", "4.0.0"),
            "0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b",
            DateTimeOffset.UnixEpoch,
            provenance.RootElement.Clone()
        );
        return rig;
    }

    private static string? StateIn(string folder)
    {
        using var report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "artifacts/audit/audit.json")));
        return report.RootElement.GetProperty("packages")[0].GetProperty("state").GetString();
    }

    private static Dictionary<string, string> Asking(AuditRig rig) =>
        new() { ["PYSIGN_AUDIT_INDEX"] = rig.IndexUrl.AbsoluteUri, ["PYSIGN_TRUST"] = "Embedded" };

    /// <summary>What a page's reader has already: nothing, the README's project with its rehearsal, or a project in a repository.</summary>
    private async Task<string> RepositoryOfAsync(string page, string? repository)
    {
        var folder = machine.Empty(page);
        if (repository == "readme")
        {
            await PlayAsync("README.md", folder, Shell(Section("README.md", "## Ten lines, from an empty folder"))[0]);
            return Path.Combine(folder, "hello-release");
        }

        if (repository is not null)
        {
            foreach (
                var part in new[] { "src", "python", "packages" }.Select(name =>
                    Path.Combine(RepositoryRoot.Path, "samples", repository, name)
                )
            )
            {
                if (Directory.Exists(part))
                {
                    JobRunner.CopyFolder(part, Path.Combine(folder, Path.GetFileName(part)));
                }
            }

            foreach (var file in new[] { "pyproject.toml", "README.md", "pylock.toml", ".config/dotnet-tools.json" })
            {
                var source = Path.Combine(RepositoryRoot.Path, "samples", repository, file);
                // A build that exists has its tool; the other pages bring it.
                if (File.Exists(source) && (repository == "aliases-only" || Path.GetDirectoryName(file)!.Length == 0))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
                    File.Copy(source, Path.Combine(folder, file));
                }
            }

            var begun =
                "git init --quiet\ngit add --all\ngit commit --quiet --message 'A project'"
                + (repository == "aliases-only" ? "\ndotnet tool restore" : "");
            Assert.Equal(0, (await machine.RunAsync(folder, begun, null, Stop)).Exit);
        }

        return folder;
    }

    private string Copied(string sample)
    {
        var folder = machine.Empty(sample);
        JobRunner.CopyFolder(Path.Combine(RepositoryRoot.Path, "samples", sample), folder);
        return folder;
    }

    // A block whose first line is a comment with a file's name is that file; other blocks of a shell are run.
    private static IEnumerable<string> Steps(string text) =>
        Blocks()
            .Matches(text)
            .Select(match =>
                Named().Match(match.Groups["text"].Value) is { Success: true } named
                    ? $"cat > {named.Groups["name"].Value} <<'END'\n{match.Groups["text"].Value}END\n"
                : match.Groups["language"].Value == "sh" ? match.Groups["text"].Value
                : ""
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

    private static void SkipUnlessAsked(string name)
    {
        SkipWithoutBash();
        Assert.SkipUnless(_asked.Contains("all") || _asked.Contains(name), $"NOT RUN: PYSIGN_PLAYED_PAGES=all, or {name}, plays it.");
    }

    private static void SkipWithoutBash()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            Assert.Skip("NOT RUN: the lines of the pages are those of a shell on Linux.");
        }
    }

    [GeneratedRegex(
        "^```(?<language>sh|csharp|toml|text)\\n(?<text>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^(//|#) (?<name>[\w./-]+\.[a-z]+)\n", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
