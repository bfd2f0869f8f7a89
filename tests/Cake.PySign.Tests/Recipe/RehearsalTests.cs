using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Recipe;

/// <summary>The rehearsal is of this project's release, on the CI service that its repository has or that is asked for.</summary>
public sealed class RehearsalTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("gitlab", "//.gitlab-ci.yml@refs/tags/release-2.0.0", "/packages/pypi/")]
    [InlineData("gitlab-pypi", "//.gitlab-ci.yml@refs/tags/release-2.0.0", "/packages/hellorehearsal/")]
    [InlineData("github", "https://github.com/acme/rehearsed/.github/workflows/release.yml@refs/tags/release-2.0.0", "/packages/pypi/")]
    [InlineData(
        "github-pypi",
        "https://github.com/acme/rehearsed/.github/workflows/release.yml@refs/tags/release-2.0.0",
        "/packages/hellorehearsal/"
    )]
    public void Each_flavour_is_played_with_the_scripts_own_version_tag_and_checks(string flavour, string identity, string index)
    {
        Assert.SkipUnless(
            flavour == "github-pypi" || Environment.GetEnvironmentVariable("PYSIGN_REHEARSALS") is "all",
            "NOT RUN: PYSIGN_REHEARSALS=all rehearses all four flavours."
        );
        SystemPython.Require("build.__main__");
        SystemPython.Require("twine.__main__");
        var twine = IoPath.GetFullPath(IoPath.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        if (flavour.EndsWith("pypi", StringComparison.Ordinal))
        {
            Assert.SkipUnless(Directory.Exists(twine), $"NOT RUN: twine 6 is absent ({twine}); eng/peers.sh brings it.");
            _rig.Environment.Variables["PYTHONPATH"] = twine;
        }

        Project();
        _rig.Environment.Variables["PYSIGN_PYTHON"] = SystemPython.Path;
        _rig.Environment.Variables["PYSIGN_ISOLATION"] = "none";
        _rig.Environment.Variables["PYSIGN_REHEARSE_AS"] = flavour;

        // Real credentials and addresses take no part.
        _rig.Environment.Variables["TWINE_PASSWORD"] = "canary-real-password";
        _rig.Environment.Variables["PYSIGN_REPOSITORY_URL"] = "https://upload.pypi.org/legacy/";
        var options = ReleaseOptions.From(_rig.Context);
        options.Version = "2.0.0";
        options.TagPattern = "release-{version}";
        new TaskRun(_rig, options).Run("PySign-Rehearse");

        var ledger = new LedgerStore(_rig.Folder.Folder("artifacts/rehearsal")).Read();
        Assert.Equal(("hellorehearsal", "2.0.0"), (ledger.Name, ledger.Version));
        Assert.All(ledger.Files, file => Assert.EndsWith(identity, file.Signature!.Identity, StringComparison.Ordinal));
        Assert.Contains("acme/rehearsed", ledger.Files[0].Signature!.Identity, StringComparison.Ordinal);
        Assert.All(
            ledger.Files,
            file => Assert.Contains(index, file.ReceiptsOf(ReleaseStage.Publish).Single().Url, StringComparison.Ordinal)
        );
        Assert.Contains(ledger.Verifications, verification => verification.By == nameof(ReleaseStage.ConsumerVerification));
        Assert.Equal(
            flavour == "github-pypi",
            ledger.Statement!.Receipts[0].Url.Contains("/acme/rehearsed/releases/download/release-2.0.0/", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
        var table = _rig.Log.Text.Split('\n').SkipWhile(line => !line.Contains("rehearsed in", StringComparison.Ordinal)).ToList();
        Assert.Contains(
            table,
            line =>
                line.Contains("ConsumerVerification", StringComparison.Ordinal) && line.TrimEnd().EndsWith(" s", StringComparison.Ordinal)
        );
        Assert.All(
            table.TakeWhile(line => !line.StartsWith("Results", StringComparison.Ordinal)),
            line => Assert.InRange(line.Length, 0, 100)
        );
    }

    [Theory]
    [InlineData("url = https://github.com/acme/hello.git", "acme/hello", true)]
    [InlineData("url = git@github.com:acme/hello.git", "acme/hello", true)]
    [InlineData("url = https://oauth2:secret@gitlab.example/group/sub/hello.git", "group/sub/hello", false)]
    [InlineData("url = ssh://git@gitlab.example:2222/group/hello", "group/hello", false)]
    public void The_repository_is_that_of_the_remote(string line, string path, bool isGitHub)
    {
        var found = OwnRepository.Remote(["[core]", "\tbare = false", "[remote \"origin\"]", "\t" + line]);
        Assert.Equal((path, isGitHub), (found!.Path, found.IsGitHub));
        Assert.Null(OwnRepository.Remote(["[remote \"upstream\"]", line]));
    }

    [Fact]
    public void An_unknown_flavour_is_refused_by_name()
    {
        SystemPython.Require("build.__main__");
        Project();
        _rig.Environment.Variables["PYSIGN_PYTHON"] = SystemPython.Path;
        _rig.Environment.Variables["PYSIGN_ISOLATION"] = "none";
        _rig.Environment.Variables["PYSIGN_REHEARSE_AS"] = "bitbucket";
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Rehearse"));
        Assert.Equal((int)ReleaseStage.Rehearse, e.ExitCode);
        Assert.Contains("github-pypi", e.Message, StringComparison.Ordinal);
    }

    private void Project()
    {
        _rig.Folder.Write(
            "pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
                + "[project]\nname = \"hellorehearsal\"\nversion = \"1.0.0\"\n"
                + "[tool.setuptools]\npackages = [\"hellorehearsal\"]\n"
        );
        _rig.Folder.Write("hellorehearsal/__init__.py", "");
        string[][] commands =
        [
            ["init", "-q"],
            ["remote", "add", "origin", "https://gitlab.example/acme/rehearsed.git"],
            ["add", "-A"],
        ];
        foreach (var command in commands)
        {
            using var git = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo("git", command) { WorkingDirectory = _rig.Folder.Path }
            )!;
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
        }
    }
}
