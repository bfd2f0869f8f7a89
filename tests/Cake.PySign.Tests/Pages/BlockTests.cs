using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Toml;
using YamlDotNet.RepresentationModel;

namespace Cake.PySign.Tests.Pages;

/// <summary>
/// Every block of every page is read by what it is for: bash, a reader of YAML, TOML or JSON, Python; C# is compiled by
/// <see cref="AliasExamplesTests"/>, diagrams are drawn by <see cref="SiteTests"/>. What a shell would run is run by another test, or it is
/// listed here why it is not.
/// </summary>
public sealed partial class BlockTests : IDisposable
{
    /// <summary>Blocks that nothing can run here, by the words that they begin with.</summary>
    private static readonly Dictionary<string, string> _notRun = new(StringComparer.Ordinal)
    {
        ["docs/ci-identities.md: export GOOGLE_SERVICE_ACCOUNT_NAME"] = "needs Google's metadata server; the provider's tests play it",
        ["docs/dependencies-audit.md: dotnet cake --target=PySign-Audit --accept"] = "AuditTaskTests accept and compare the file",
        ["docs/importing.md: dotnet cake --target=PySign-Import"] = "the names are checked; the page's first minutes run the import",
        ["docs/on-gitlab.md: dotnet cake --target=PySign-Init"] = "InitTests run the task; the push needs a remote",
        ["docs/on-gitlab.md: printf 'build==1.3.0"] = "uv has to ask PyPI for hashes",
        ["docs/preflight.md: dotnet cake --target=PySign-Preflight"] = "PreflightTests run the task with its report",
        ["docs/private-sigstore.md: cosign trusted-root create \\"] = "PrivateInstanceTests",
        ["docs/private-sigstore.md: cosign trusted-root create --certificate-chain"] = "PrivateInstanceTests",
        ["docs/private-sigstore.md: cosign signing-config create"] = "PrivateInstanceTests",
        ["docs/private-sigstore.md: cosign verify-blob"] = "PrivateInstanceTests",
        ["docs/private-sigstore.md: cosign initialize"] = "the cosign tests initialize it from the sandbox's repository",
        ["docs/private-sigstore.md: python3 mirror.py"] = "PrivateSigstorePageTests run the script over the sandbox's repository",
        ["docs/provenance.md: cosign verify-blob-attestation"] = "the notes' commands are run by the tests of provenance",
        ["docs/provenance.md: gh attestation verify"] = "gh is not to be had without GitHub",
        ["docs/rehearsal.md: dotnet cake --target=PySign-Rehearse"] = "the first minutes of on-gitlab.md and on-github.md run both lines",
        ["docs/sandbox.md: dotnet PySign.Sandbox.dll"] = "each test that starts a sandbox does this",
        ["docs/sandbox.md: cosign initialize"] = "the cosign tests do this",
        ["docs/signing.md: PYSIGN_SIGNER=aws"] = "needs a key service of Amazon",
        ["docs/signing.md: #!/bin/sh"] = "needs a hardware module; SignerProgramTests run programs of the same exchange",
        ["docs/trust.md: ./build.sh --target=Refresh-Trust"] = "the target is run over the sandbox's repository",
        ["docs/verify-as-a-user.md: # cosign 3, offline"] = "VerificationNotesTests run the same commands of a release's own notes",
        ["docs/verify-as-a-user.md: # cosign 3; cosign 2.5"] = "VerificationNotesTests",
        ["docs/verify-as-a-user.md: echo 'hello-pysign==1.0.0"] = "needs GitLab; the consumer's stage installs by hash",
        ["README.md: ./build.sh --target=Rehearse"] = "CI runs the second line",
        ["CONTRIBUTING.md: "] = "the maintainers' own commands",
        ["benchmarks/README.md: "] = "the benchmarks take an hour",
    };

    private static readonly string[] _languages =
    [
        "csharp",
        "sh",
        "yaml",
        "toml",
        "json",
        "python",
        "mermaid",
        "text",
        "console",
        "groovy",
        "",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_block_says_what_it_is_and_what_says_nothing_is_not_a_command()
    {
        Assert.True(Blocks().Count() > 80);
        Assert.Empty(Blocks().Where(block => !_languages.Contains(block.Language)).Select(block => block.ToString()));
        Assert.Empty(
            Blocks().Where(block => block.Language.Length == 0 && LooksLikeACommand().IsMatch(block.Text)).Select(block => block.ToString())
        );
    }

    [Fact]
    public void What_a_shell_would_run_is_run_or_it_is_said_why_not()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var block in Blocks().Where(block => block.Language == "sh" && !IsPlayed(block)))
        {
            var key = _notRun.Keys.FirstOrDefault(key => $"{block.Page}: {block.Text}".StartsWith(key, StringComparison.Ordinal));
            Assert.True(key is not null, $"{block} is not run by a test, and no reason is listed.");
            used.Add(key!);
        }

        Assert.DoesNotContain(_notRun.Keys.Except(used), key => !key.EndsWith(".md: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_block_of_a_shell_is_read_by_bash_and_names_commands_that_there_are()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "NOT RUN: there is no bash here.");
        var lines = new StringBuilder();
        var blocks = Blocks().Where(block => block.Language == "sh").ToList();
        for (var i = 0; i < blocks.Count; i++)
        {
            var path = _folder.Write($"{i}.sh", blocks[i].Text).FullPath;
            lines.Append($"bash -n '{path}' || echo '{blocks[i]}'\n");
        }

        Assert.Equal("", await SaidAsync("/bin/bash", "-c", lines.ToString()));
        using var rig = new CakeRig();
        var tasks = new TaskRun(rig).Registered.Select(task => task.Name).Concat(["Core-Rehearse", "Cli-Rehearse"]).ToHashSet();
        var named = blocks.SelectMany(block => Target().Matches(block.Text)).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.True(named.Count >= 5);
        Assert.Empty(named.Except(tasks));
        var build = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "build.cake"), TestContext.Current.CancellationToken);
        var targets = Pages()
            .SelectMany(page => OwnTarget().Matches(File.ReadAllText(page)))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal);
        Assert.DoesNotContain(
            targets,
            target => !tasks.Contains(target) && !build.Contains($"Task(\"{target}\")", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_task_is_on_the_page_of_the_recipe_with_its_exit_code()
    {
        using var rig = new CakeRig();
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "recipe.md"));
        Assert.All(new TaskRun(rig).Registered, task => Assert.Contains($"`{task.Name}`", page, StringComparison.Ordinal));
        var codes = TaskCode().Matches(page).ToDictionary(match => match.Groups["task"].Value, match => match.Groups["code"].Value);
        Assert.True(codes.Count >= 12);
        var code = (string task) =>
            task is "CheckMirror" or "InspectAttestations" ? ReleaseStage.Audit
            : Enum.TryParse<ReleaseStage>(task, out var stage) ? stage
            : ReleaseStage.Configuration;
        Assert.All(codes, row => Assert.Equal($"{(int)code(row.Key)}", row.Value));
    }

    /// <summary>The options of cosign are those of one of the versions that the pages speak of.</summary>
    [Fact]
    public async Task Every_option_of_cosign_that_a_page_gives_is_one()
    {
        string[] programs = [PeerPrograms.Require("cosign-3", "/usr/bin/cosign"), PeerPrograms.Require("cosign-2", "/usr/bin/cosign")];
        var commands = Blocks()
            .Where(block => block.Language == "sh")
            .SelectMany(block => Cosign().Matches(block.Text.Replace("\\\n", " ", StringComparison.Ordinal)))
            .Select(match => (Verb: match.Groups["verb"].Value, Given: match.Groups["rest"].Value))
            .ToList();
        Assert.True(commands.Count >= 8, $"{commands.Count}");
        var helps = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (verb, rest) in commands)
        {
            if (!helps.TryGetValue(verb, out var help))
            {
                helps[verb] = help = string.Concat(
                    await Task.WhenAll(programs.Select(program => SaidAsync(program, [.. verb.Split(' '), "--help"])))
                );
            }

            Assert.All(Option().Matches(rest), match => Assert.Contains(match.Value, help, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_block_of_data_is_read()
    {
        foreach (var block in Blocks())
        {
            try
            {
                switch (block.Language)
                {
                    case "yaml":
                        new YamlStream().Load(new StringReader(block.Text));
                        break;
                    case "json":
                        using (JsonDocument.Parse(block.Text)) { }

                        break;
                    case "toml":
                        TomlDocument.Parse(block.Text);
                        break;
                }
            }
            catch (Exception e)
            {
                Assert.Fail($"{block}: {e.Message}");
            }
        }

        var python = SystemPython.Path;
        foreach (var block in Blocks().Where(block => block.Language == "python"))
        {
            var path = _folder.Write("block.py", block.Text).FullPath;
            Assert.Equal("", await SaidAsync(python, "-c", "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())", path));
        }
    }

    // The README's ten lines, the first minutes of a page, and the first block of a sample: PlayedPagesTests.
    private static bool IsPlayed(Block block) =>
        block.Section == "Five minutes"
        || (block.Page == "README.md" && block.Section == "Ten lines, from an empty folder")
        || block.Page.StartsWith("samples/", StringComparison.Ordinal);

    private static IEnumerable<string> Pages() =>
        new[] { "docs", "samples", "recipes", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(RepositoryRoot.Path, "*.md"))
            .Where(page => Path.GetFileName(page) != "aliases.md")
            .Order(StringComparer.Ordinal);

    private static IEnumerable<Block> Blocks() =>
        Pages()
            .SelectMany(page =>
            {
                var text = File.ReadAllText(page).ReplaceLineEndings("\n");
                var name = Path.GetRelativePath(RepositoryRoot.Path, page).Replace('\\', '/');
                return Fence()
                    .Matches(text)
                    .Select(match => new Block(
                        name,
                        Heading().Matches(text[..match.Index]).LastOrDefault()?.Groups["text"].Value ?? "",
                        match.Groups["language"].Value,
                        match.Groups["text"].Value
                    ));
            });

    private static async Task<string> SaidAsync(string program, params string[] arguments) =>
        (await ProgramRun.OfAsync(new ProcessStartInfo(program, arguments), TestContext.Current.CancellationToken)).Said;

    [GeneratedRegex(
        "^```(?<language>\\w*)\\n(?<text>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Fence();

    [GeneratedRegex("^## (?<text>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(dotnet|git|cosign|python3?|pip|\./build|curl|export) ", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeACommand();

    [GeneratedRegex(@"dotnet cake[^\n]*--target=(?<name>[\w-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Target();

    [GeneratedRegex(
        @"^\| `PySign-(?<task>\w+)`.*\| (the stage's, or )?(?<code>[0-9]+) \|$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex TaskCode();

    [GeneratedRegex(@"(build\.(sh|ps1) |`)--target=(?<name>[\w-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex OwnTarget();

    [GeneratedRegex(@"^cosign (?<verb>[a-z-]+( create)?)(?<rest>[^#\n]*)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Cosign();

    [GeneratedRegex(@"(?<= )--[a-z][a-z0-9-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    private sealed record Block(string Page, string Section, string Language, string Text)
    {
        public override string ToString() => $"{Page}: {Text.Split('\n')[0].Replace("'", "", StringComparison.Ordinal)}";
    }
}
