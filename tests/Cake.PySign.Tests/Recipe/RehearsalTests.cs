using System.Security.Cryptography;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Recipe;

/// <summary>The rehearsal is of this script's release, each stage in a process and a checkout of its own, on the CI service that the
/// repository has or that is asked for.</summary>
public sealed class RehearsalTests : IDisposable
{
    private const string Identity = "https://github.com/acme/rehearsed/.github/workflows/publish.yml@refs/tags/release-2.0.0";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _variables = new() { ["PYSIGN_PYTHON"] = SystemPython.Path, ["PYSIGN_ISOLATION"] = "none" };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gitlab", "//.gitlab-ci.yml@refs/tags/release-2.0.0", "/packages/pypi/")]
    [InlineData("gitlab-pypi", "//.gitlab-ci.yml@refs/tags/release-2.0.0", "/packages/hellorehearsal/")]
    [InlineData("github", Identity, "/packages/pypi/")]
    [InlineData("github-pypi", Identity, "/packages/hellorehearsal/")]
    public async Task Each_flavor_is_played_with_the_scripts_own_version_tag_and_steps(string flavor, string identity, string index)
    {
        Assert.SkipUnless(flavor == "github-pypi" || PlaysAll, "NOT RUN: PYSIGN_REHEARSALS=all rehearses all four flavors.");
        RequireTwine6();
        var tree = Project();
        _variables["PYSIGN_REHEARSE_AS"] = flavor;

        // Real credentials and addresses take no part.
        _variables["TWINE_PASSWORD"] = "canary-real-password";
        _variables["MY_DEPLOY_TOKEN"] = "canary-real-token";
        _variables["PYSIGN_REPOSITORY_URL"] = "https://upload.pypi.org/legacy/";
        _folder.Write("home/.pypirc", "[pypi]\npassword = canary-real-password\n");
        _variables["HOME"] = _folder.Folder("home").FullPath;

        // The users' policy does, with the played server and issuer for the real ones.
        _variables["PYSIGN_POLICY"] = "policy.toml";
        var before = _folder.Snapshot("hello");
        var (code, output) = await RehearseAsync(
            "--build-version=2.0.0",
            "--tag-pattern=release-{version}",
            "--build-step=lint",
            "--output=../out"
        );
        Assert.True(code == 0, output);

        var ledger = Ledger();
        Assert.Equal(("hellorehearsal", "2.0.0"), (ledger.Name, ledger.Version));
        Assert.Equal(tree.Run("rev-parse", "HEAD").Trim(), ledger.Source!.Commit);
        Assert.All(ledger.Files, file => Assert.EndsWith(identity, file.Signature!.Identity, StringComparison.Ordinal));
        Assert.All(
            ledger.Files,
            file => Assert.Contains(index, file.ReceiptsOf(LedgerDestination.Publish).Single().Url, StringComparison.Ordinal)
        );
        Assert.Contains(ledger.Verifications, verification => verification.By == ReleaseStage.ConsumerVerification);
        Assert.Equal(
            flavor == "github-pypi",
            ledger.Statement!.Receipts[0].Url.Contains("/acme/rehearsed/releases/download/release-2.0.0/", StringComparison.Ordinal)
        );

        // The script's own step ran, in a job and nowhere else, and was given nothing real.
        var step = Assert.Single(output.Split('\n'), line => line.StartsWith("STEP lint", StringComparison.Ordinal));
        Assert.Contains("rehearsal=True", step, StringComparison.Ordinal);
        Assert.Contains(IoPath.Combine("builds", "rehearsed"), step, StringComparison.Ordinal);
        Assert.EndsWith("home=0 secrets=", step.Trim(), StringComparison.Ordinal);
        Assert.Contains("policy policy.toml applies", output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", output, StringComparison.Ordinal);

        // Nothing of it reached the repository itself.
        Assert.Equal(before, _folder.Snapshot("hello"));
        Assert.Equal("", tree.Run("tag", "--list").Trim());
        var table = output.Split('\n').SkipWhile(line => !line.Contains("rehearsed in", StringComparison.Ordinal)).ToList();
        foreach (var job in PlayedJob.All(imports: false))
        {
            Assert.Contains(table, line => line.StartsWith($"  PySign-{job.Stage} ", StringComparison.Ordinal));
            Assert.True(File.Exists(_folder.File($"out/logs/PySign-{job.Stage}.log").FullPath));
        }

        Assert.All(
            table.TakeWhile(line => !line.StartsWith("Results", StringComparison.Ordinal)),
            line => Assert.InRange(line.Length, 0, 100)
        );
        Assert.True(File.Exists(_folder.File("out/preflight.json").FullPath));
    }

    [Fact]
    public async Task A_job_that_fails_ends_it_with_its_own_exit_code_and_reason_and_its_log_stays()
    {
        SystemPython.Require("build.__main__");
        Project();

        // As a Frosting project: started in the folder of the build, which works in the one above.
        var (code, output) = await RehearsalProcess.RunAsync(
            _folder.Folder("hello/build").FullPath,
            _variables,
            "--build-folder=..",
            "--as=gitlab",
            "--build-breaks",
            "--build-fixed-target=PySign-Rehearse",
            "--output=../out"
        );
        Assert.True(code == (int)ReleaseStage.Test, output);
        Assert.Contains("Error: PySign-Test: the step of the script broke", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Contains("the step of the script broke", Read("out/logs/PySign-Test.log"), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("out/logs/PySign-Sign.log").FullPath));
    }

    [Fact]
    public async Task A_second_project_of_the_script_is_rehearsed_by_its_own_tasks()
    {
        Assert.SkipUnless(PlaysAll, "NOT RUN: PYSIGN_REHEARSALS=all rehearses a second project too.");
        SystemPython.Require("build.__main__");
        SystemPython.Require("twine.__main__");
        Project();
        var (code, output) = await RehearsalProcess.RunAsync(
            _folder.Folder("hello").FullPath,
            _variables,
            "--target=Tools-Rehearse",
            "--build-second=second",
            "--as=gitlab",
            "--output=../out"
        );
        Assert.True(code == 0, output);
        Assert.Equal("secondrehearsal", Ledger().Name);
        Assert.True(File.Exists(_folder.File("out/logs/Tools-Publish.log").FullPath));
    }

    [Theory]
    [InlineData("v{version}", "github", "PySign-Rehearse", "Core-Cli", "v1.0.0")]
    [InlineData("core-v{version},cli-v{version}", "gitlab", "PySign-Rehearse", "Core,Cli", "core-v1.0.0,cli-v1.0.0")]
    [InlineData("v{version}", "github", "Cli-Rehearse", "Cli", "v1.0.0")]
    public async Task Projects_of_one_script_are_rehearsed_in_one_command(
        string patterns,
        string flavor,
        string target,
        string outputs,
        string tags
    )
    {
        Assert.SkipUnless(PlaysAll, "NOT RUN: PYSIGN_REHEARSALS=all rehearses several projects of one script too.");
        RequireTwine6();
        var tree = Projects();
        var (code, output) = await RehearsalProcess.RunAsync(
            _folder.Folder("hello").FullPath,
            _variables,
            $"--target={target}",
            $"--build-projects={patterns}",
            $"--as={flavor}"
        );
        Assert.True(code == 0, output);
        foreach (var (name, tag) in outputs.Split(',').Zip(tags.Split(',')))
        {
            var folder = $"hello/artifacts/rehearsal/{name}";
            Assert.Contains($"tag {tag}", output, StringComparison.Ordinal);
            string[] together = target == "PySign-Rehearse" ? name.Split('-') : [""];
            foreach (var project in together)
            {
                var ledger = new LedgerStore(_folder.Folder($"{folder}/dist/{project}")).Read();
                Assert.Equal($"hello-{(project.Length > 0 ? project : name).ToLowerInvariant()}", ledger.NormalizedName);
                Assert.Contains(ledger.Verifications, one => one.By == ReleaseStage.ConsumerVerification);
                Assert.True(File.Exists(_folder.File($"{folder}/report/{project}/index.html").FullPath));
            }

            // Signed with one certificate where they are released together, and the release's own files have the project's name there.
            Assert.Contains(target == "PySign-Rehearse" ? "--- PySign-Sign" : "--- Cli-Sign", output, StringComparison.Ordinal);
        }

        Assert.Equal("", tree.Run("tag", "--list").Trim());

        // What one rehearsal left is no change of the sources of the next.
        Assert.DoesNotContain("not committed", output, StringComparison.Ordinal);

        // Again, and by the other command too: each finds its own output.
        (code, output) = await RehearsalProcess.RunAsync(
            _folder.Folder("hello").FullPath,
            _variables,
            "--target=Core-Rehearse",
            $"--build-projects={patterns}",
            $"--as={flavor}"
        );
        Assert.True(code == 0, output);
        Assert.DoesNotContain("not committed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reusable_workflow_that_is_played_stops_before_the_log()
    {
        SystemPython.Require("build.__main__");
        Project();
        var (code, output) = await RehearseAsync(
            "--as=github-pypi",
            "--output=../out",
            "--rehearse-workflow=acme/shared/.github/workflows/sign.yml@refs/tags/v9",
            "--build-identity=https://github.com/acme/rehearsed/.github/workflows/publish.yml@refs/tags/v1.0.0"
        );
        Assert.True(code == (int)ReleaseStage.Preflight, output);
        var report = Read("out/preflight.json");
        Assert.Contains("\"IdentityMismatch\"", report, StringComparison.Ordinal);
        Assert.Contains("\"ReusableWorkflow\"", report, StringComparison.Ordinal);
        Assert.Contains("acme/shared/.github/workflows/sign.yml", report, StringComparison.Ordinal);
        Assert.All(Ledger().Files, file => Assert.Null(file.Signature));
        Assert.False(File.Exists(_folder.File("out/logs/PySign-Sign.log").FullPath));
    }

    [Fact]
    public async Task A_release_that_a_key_signs_is_signed_by_another_one_and_the_real_one_is_not_touched()
    {
        Assert.SkipUnless(PlaysAll, "NOT RUN: PYSIGN_REHEARSALS=all rehearses a release that a key signs too.");
        SystemPython.Require("build.__main__");
        SystemPython.Require("twine.__main__");
        Project();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _folder.Write("hello/policy.toml", "schema = 1\n[[signers]]\nkey = \"cosign.pub\"\n");
        _folder.Write("hello/cosign.pub", key.ExportSubjectPublicKeyInfoPem());

        // Nobody opens it: it is no key.
        _variables["PYSIGN_KEY"] = _folder.Write("real.key", "canary-real-key").FullPath;
        _variables["PYSIGN_PUBLIC_KEY"] = "cosign.pub";
        _variables["PYSIGN_POLICY"] = "policy.toml";
        var (code, output) = await RehearseAsync("--as=gitlab", "--output=../out", "--uncommitted");
        Assert.True(code == 0, output);
        Assert.Contains("real.key is not opened", output, StringComparison.Ordinal);
        Assert.All(Ledger().Files, file => Assert.Equal("", file.Signature!.Identity));
    }

    [Theory]
    [InlineData("https://github.com/acme/hello.git", "acme/hello", "github.com", true)]
    [InlineData("git@github.com:acme/hello.git", "acme/hello", "github.com", true)]
    [InlineData("https://oauth2:secret@gitlab.example/group/sub/hello.git", "group/sub/hello", "gitlab.example", false)]
    [InlineData("ssh://git@gitlab.example:2222/group/hello", "group/hello", "gitlab.example", false)]
    public void The_repository_is_that_of_the_remote(string url, string path, string host, bool isGitHub)
    {
        var found = OwnRepository.Parse(url)!;
        Assert.Equal((path, host, isGitHub), (found.Path, found.Host, found.IsGitHub));
    }

    [Theory]
    [InlineData("/srv/git/hello.git")]
    [InlineData("../hello")]
    [InlineData("file:///srv/git/hello.git")]
    public void A_remote_without_a_server_names_no_repository(string url) => Assert.Null(OwnRepository.Parse(url));

    [Fact]
    public async Task A_rehearsals_variable_in_a_real_job_stops_it()
    {
        Project();
        _variables["PYSIGN_REHEARSAL"] = "true";
        _variables["PYSIGN_REPOSITORY_URL"] = "https://upload.pypi.org/legacy/";
        var (code, output) = await RehearsalProcess.RunAsync(_folder.Folder("hello").FullPath, _variables, "--target=PySign-Build");
        Assert.Equal((int)ReleaseStage.Build, code);
        Assert.Contains("does not leave this machine", output, StringComparison.Ordinal);
    }

    private static bool PlaysAll => Environment.GetEnvironmentVariable("PYSIGN_REHEARSALS") is "all";

    private Task<(int ExitCode, string Output)> RehearseAsync(params string[] arguments) =>
        RehearsalProcess.RunAsync(_folder.Folder("hello").FullPath, _variables, ["--target=PySign-Rehearse", .. arguments]);

    private string Read(string file) => File.ReadAllText(_folder.File(file).FullPath);

    private Ledger Ledger() => new LedgerStore(_folder.Folder("out/dist")).Read();

    private void RequireTwine6()
    {
        SystemPython.Require("build.__main__");
        SystemPython.Require("twine.__main__");
        var twine = IoPath.GetFullPath(IoPath.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        Assert.SkipUnless(Directory.Exists(twine), $"NOT RUN: twine 6 is absent ({twine}); eng/peers.sh brings it.");
        _variables["PYTHONPATH"] = twine;
    }

    private GitTree Projects()
    {
        foreach (var name in new[] { "core", "cli" })
        {
            _folder.Write(
                $"hello/packages/{name}/pyproject.toml",
                "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
                    + $"[project]\nname = \"hello-{name}\"\nversion = \"1.0.0\"\ndescription = \"One of two\"\nreadme = \"README.md\"\n"
                    + $"[tool.setuptools]\npy-modules = [\"hello_{name}\"]\n"
            );
            _folder.Write($"hello/packages/{name}/README.md", "One of two\n");
            _folder.Write($"hello/packages/{name}/hello_{name}.py", "print('hello')\n");
        }

        _variables["PYSIGN_TESTS"] = "off";
        var tree = GitTree.Commit(_folder.Folder("hello").FullPath, "");
        tree.Run("remote", "add", "origin", "https://github.com/acme/rehearsed.git");
        return tree;
    }

    private GitTree Project()
    {
        _folder.Write(
            "hello/pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
                + "[project]\nname = \"hellorehearsal\"\nversion = \"1.0.0\"\n"
                + "[tool.setuptools]\npackages = [\"hellorehearsal\"]\n"
        );
        _folder.Write("hello/hellorehearsal/__init__.py", "");
        _folder.Write(
            "hello/policy.toml",
            """
            schema = 1
            [[signers]]
            issuer = "https://token.actions.githubusercontent.com"
            identity-pattern = 'https://github\.com/acme/rehearsed/\.github/workflows/publish\.yml@refs/tags/release-.*'
            source-repository = "https://github.com/acme/rehearsed"
            [[signers]]
            issuer = "https://gitlab.example"
            identity = "https://gitlab.example/acme/rehearsed//.gitlab-ci.yml@refs/tags/release-{version}"
            source-repository = "https://gitlab.example/acme/rehearsed"
            """
        );
        _folder.Write("hello/build/README", "The folder of the build.");
        _folder.Write(
            "hello/second/pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
                + "[project]\nname = \"secondrehearsal\"\nversion = \"0.2\"\n[tool.setuptools]\npy-modules = [\"second\"]\n"
        );
        _folder.Write("hello/second/second.py", "");
        _folder.Write(
            "hello/.github/workflows/publish.yml",
            "jobs: { publish: { steps: [{ run: dotnet cake --target=PySign-Publish }] } }\n"
        );
        var tree = GitTree.Commit(_folder.Folder("hello").FullPath, "");
        tree.Run("remote", "add", "origin", "https://gitlab.example/acme/rehearsed.git");
        return tree;
    }
}
