using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>
/// A whole release in a process of its own, at diagnostic verbosity, with secrets that can be recognized: none shows in what it prints, in
/// what it leaves anywhere, or in an argument of any process, and no child has one that it does not need.
/// </summary>
public sealed partial class SecretScanTests(ConsumerRepository repository, RunningSandbox sandbox)
    : IClassFixture<ConsumerRepository>,
        IClassFixture<RunningSandbox>
{
    private const string IndexUser = "release-bot";

    /// <summary>What is run: a script in a project, for a tag, that leaves its ledger in an output folder.</summary>
    private sealed record Run(string Project, string Output, string Tag, string Script, string[] Arguments);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_shows_no_secret_in_its_output_its_files_or_any_command_line()
    {
        var index = Mark.New("TWINE_PASSWORD");
        var generic = Mark.New("PYSIGN_GENERIC_TOKEN");
        using var http = sandbox.Sandbox.CreateControlClient();
        using var configured = await http.PostAsJsonAsync(
            "/_sandbox/projects",
            new
            {
                id = sandbox.Sandbox.Info.GitLab.ProjectId,
                visibility = "private",
                credentials = new object[]
                {
                    new
                    {
                        kind = "DeployToken",
                        secret = index.Value,
                        userName = IndexUser,
                    },
                    new { kind = "AccessToken", secret = generic.Value },
                },
            },
            Stop
        );
        Assert.True(configured.IsSuccessStatusCode, await configured.Content.ReadAsStringAsync(Stop));

        await RequiredPython.Importing("build", "twine", "setuptools", "wheel");
        var project = repository.NewProject();
        var script = $"#load nuget:?package=Cake.PySign&version={repository.Addin.Version}\nRunPySign(\"PySign-Release\");\n";
        var seen = await Scan(new Run(project, Path.Combine(project, "dist"), "v1.0.0", script, []), index, generic);

        var twine = Assert.Single(
            seen,
            process =>
                process.Arguments.Contains(" -m twine ", StringComparison.Ordinal)
                && process.Arguments.Contains(" upload ", StringComparison.Ordinal)
        );
        Assert.True(
            index.IsIn(twine.Environment),
            "twine was not given its password in the environment: this test looks at the wrong place."
        );
    }

    /// <summary>The script that the README prints, of a project that nobody here wrote: one run, looked at from all sides.</summary>
    [Fact]
    public async Task The_rehearsal_of_the_README_shows_no_secret_changes_no_file_and_real_cosign_accepts_its_release()
    {
        var source = Peer.ProjectSource("blinker");
        if (source is null)
        {
            Assert.Skip("NOT RUN: the source of blinker is absent; eng/peers.sh brings it.");
        }

        await RequiredPython.Importing("build", "twine", "flit_core");
        var index = Mark.New("TWINE_PASSWORD");
        var project = repository.NewProject(source);
        var before = Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes);
        var output = Path.Combine(project, "out");
        var version = VersionLine()
            .Match(await File.ReadAllTextAsync(Path.Combine(project, "pyproject.toml"), Stop))
            .Groups["version"]
            .Value;
        Assert.NotEmpty(version);
        var run = new Run(project, output, $"v{version}", ReadmeScript.For(repository), ["--target=PySign-Rehearse", "--output=out"]);
        var seen = await Scan(run, index, Mark.New("PYSIGN_GENERIC_TOKEN"));

        Assert.All(seen, process => Assert.DoesNotMatch(SandboxSecret(), process.Arguments));
        Assert.Contains(seen, process => process.Arguments.Contains("PySign.Sandbox.dll", StringComparison.Ordinal));
        Assert.DoesNotContain(
            seen,
            process => process.Arguments.Contains(" -m twine ", StringComparison.Ordinal) && index.IsIn(process.Environment)
        );
        foreach (var (file, bytes) in before)
        {
            Assert.Equal(bytes, await File.ReadAllBytesAsync(file, Stop));
        }

        using var ledger = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(output, "pysign.json"), Stop));
        AssertReleased(ledger.RootElement, output);
        await AcceptedByCosign(ledger.RootElement, output);
    }

    private static void AssertReleased(JsonElement ledger, string output)
    {
        Assert.Equal(
            [
                ".pysign-rehearsal",
                "consumer",
                "dist",
                "logs",
                "preflight.json",
                "pysign.json",
                "report",
                "signing_config.json",
                "test-results",
                "trusted_root.json",
            ],
            Directory.EnumerateFileSystemEntries(output).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        var files = ledger.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(["sdist", "wheel"], files.Select(file => file.GetProperty("kind").GetString()).Order(StringComparer.Ordinal));
        Assert.All(
            files,
            file =>
                Assert.Contains(
                    file.GetProperty("receipts").EnumerateArray(),
                    receipt => receipt.GetProperty("stage").GetString() == "Publish"
                )
        );
        Assert.Equal(
            ["Verify", "ConsumerVerification"],
            ledger.GetProperty("verifications").EnumerateArray().Select(verification => verification.GetProperty("by").GetString())
        );
    }

    private static async Task AcceptedByCosign(JsonElement ledger, string output)
    {
        var cosign = Peer.Cosign3;
        foreach (var file in ledger.GetProperty("files").EnumerateArray())
        {
            var name = file.GetProperty("name").GetString()!;
            var signature = file.GetProperty("signature");
            (
                await cosign.Run([
                    "verify-blob",
                    "--bundle",
                    Path.Combine(output, "consumer", name + ".sigstore.json"),
                    "--trusted-root",
                    Path.Combine(output, "trusted_root.json"),
                    "--certificate-identity",
                    signature.GetProperty("identity").GetString()!,
                    "--certificate-oidc-issuer",
                    signature.GetProperty("issuer").GetString()!,
                    Path.Combine(output, "consumer", name),
                ])
            ).MustSucceed();
        }
    }

    private async Task<IReadOnlyList<(string Arguments, string Environment)>> Scan(Run asked, Mark index, Mark generic)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: command lines of other processes are read from /proc.");
        var machine = Directory.CreateTempSubdirectory("pysign-machine-");
        try
        {
            var home = machine.CreateSubdirectory("home");
            var temporary = machine.CreateSubdirectory("tmp");
            var variables = (
                await sandbox.Sandbox.GitLabJobAsync(
                    new Dictionary<string, object>
                    {
                        ["ref"] = asked.Tag,
                        ["ref_type"] = "tag",
                        ["project_path"] = sandbox.Sandbox.Info.GitLab.ProjectPath,
                    },
                    Stop
                )
            ).ToDictionary();
            Mark[] marks =
            [
                index,
                generic,
                Mark.New("CI_JOB_TOKEN"),
                Mark.New("COSIGN_PASSWORD"),
                Mark.New("PYSIGN_KEY_PASSWORD"),
                Mark.New("TWINE_ANYTHING_TOKEN"),
                Mark.New("AWS_SECRET_ACCESS_KEY"),
                Mark.OfToken("SIGSTORE_ID_TOKEN", variables["SIGSTORE_ID_TOKEN"]),
            ];
            foreach (var mark in marks)
            {
                variables[mark.Name] = mark.Value;
            }

            var badge = Guid.NewGuid().ToString("N");
            foreach (
                var (name, value) in new[]
                {
                    ("BADGE_OF_THIS_RUN", badge),
                    ("TWINE_USERNAME", IndexUser),
                    ("PYSIGN_GENERIC_TOKEN_KIND", "PrivateToken"),
                    ("PYSIGN_TRUSTED_ROOT", sandbox.TrustedRoot),
                    ("PYSIGN_SIGNING_CONFIG", sandbox.Sandbox.Info.SigningConfig.FullPath),
                    ("PYSIGN_ISOLATION", "none"),
                    ("HOME", home.FullName),
                    ("TMPDIR", temporary.FullName),
                }
            )
            {
                variables[name] = value;
            }

            using var watch = new ProcessWatch(badge);
            var run = await repository.RunScript(asked.Project, asked.Script, variables, ["--verbosity=diagnostic", .. asked.Arguments]);
            var seen = watch.Stop();
            run.MustSucceed();

            // First that the scan can find something at all: the run was loud, and the processes that matter were seen.
            Assert.Contains("Starting: ", run.All, StringComparison.Ordinal);
            Assert.Contains("twine", run.All, StringComparison.Ordinal);
            Assert.All(
                new[] { "--sdist", "--wheel" },
                kind =>
                    Assert.Contains(
                        seen,
                        process =>
                            process.Arguments.Contains(" --outdir ", StringComparison.Ordinal)
                            && process.Arguments.Contains($" {kind} ", StringComparison.Ordinal)
                    )
            );
            Assert.Contains(seen, process => process.Arguments.Contains(" -m twine ", StringComparison.Ordinal));
            Assert.Contains(seen, process => IsCake(process.Arguments) && marks.All(mark => mark.IsIn(process.Environment)));

            foreach (var mark in marks)
            {
                Assert.False(mark.IsIn(run.All), $"{mark.Name} is in the output.");
                Assert.All(
                    seen,
                    process => Assert.False(mark.IsIn(process.Arguments), $"{mark.Name} is in a command line: {process.Arguments}")
                );
                Assert.All(
                    seen.Where(process => !IsCake(process.Arguments)),
                    process =>
                        Assert.False(
                            mark.IsIn(process.Environment)
                                && !(mark == index && process.Arguments.Contains(" -m twine ", StringComparison.Ordinal)),
                            $"{mark.Name} is in the environment of: {process.Arguments}"
                        )
                );
            }

            AssertNothingLeft(marks, [asked.Project, machine.FullName], atLeast: asked.Output);
            Assert.DoesNotContain(
                new[] { ".pypirc", ".netrc", ".pip/pip.conf", ".config/pip/pip.conf" },
                name => File.Exists(Path.Combine(home.FullName, name))
            );
            Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.FullName, "pysign-*"));
            Assert.DoesNotMatch(SandboxSecret(), run.All);
            return seen;
        }
        finally
        {
            machine.Delete(recursive: true);
        }
    }

    private static void AssertNothingLeft(Mark[] marks, string[] folders, string atLeast)
    {
        var files = folders
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => new FileInfo(file).Length > 0)
            .ToList();
        Assert.Contains(
            files,
            file => file.StartsWith(atLeast, StringComparison.Ordinal) && file.EndsWith("pysign.json", StringComparison.Ordinal)
        );
        Assert.All(
            files,
            file =>
            {
                var bytes = File.ReadAllBytes(file);
                Assert.All(marks, mark => Assert.False(mark.IsIn(bytes), $"{mark.Name} is in {file}."));
                Assert.DoesNotMatch(SandboxSecret(), Encoding.Latin1.GetString(bytes));
            }
        );
    }

    // The tool's process and the program that it starts; a child between fork and exec still shows these arguments.
    private static bool IsCake(string arguments) => arguments.Contains("build.cake", StringComparison.Ordinal);

    [GeneratedRegex("""^version = "(?<version>[^"]+)"$""", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    /// <summary>Identity tokens, and what the sandbox's job and request tokens begin with.</summary>
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}|glcbt-[A-Za-z0-9]|ghrt-[A-Za-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex SandboxSecret();
}
