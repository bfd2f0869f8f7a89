using Cake.Core;
using Cake.PySign.Build;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Build;

/// <summary>The pyproject.toml and the variables of GitLab's signing tutorial, as they are written there.</summary>
public sealed class TutorialTemplateTests : IDisposable
{
    private const string Template = """
        [build-system]
        requires = ["setuptools>=45", "wheel"]
        build-backend = "setuptools.build_meta"

        [project]
        name = "<my_package>"  # Will be dynamically replaced by CI/CD pipeline
        version = "<1.0.0>"    # Will be dynamically replaced by CI/CD pipeline
        description = "<Your package description>"
        readme = "README.md"
        requires-python = ">=3.7"
        authors = [
            {name = "<Your Name>", email = "<your.email@example.com>"},
        ]

        [project.urls]
        "Homepage" = "<https://gitlab.com/my_package>"  # Will be replaced with actual project URL

        """;

    private readonly CakeRig _rig = new();

    public TutorialTemplateTests()
    {
        _rig.Folder.Write("README.md", "# Hello\n");
        _rig.Folder.Write("my_hello/__init__.py", "");
        foreach (
            var (name, value) in new[]
            {
                ("GITLAB_CI", "true"),
                ("CI_SERVER_URL", "https://gitlab.example"),
                ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
                ("CI_PROJECT_ID", "42"),
                ("CI_PROJECT_NAME", "my-hello"),
                ("CI_PROJECT_PATH", "acme/my-hello"),
                ("CI_PROJECT_URL", "https://gitlab.example/acme/my-hello"),
                ("CI_COMMIT_SHA", new string('a', 40)),
                ("CI_COMMIT_REF_NAME", "main"),
                ("PYTHON_VERSION", "3.10"),
                ("PACKAGE_NAME", "my-hello"),
                ("PACKAGE_VERSION", "1.0.0"),
                ("FULCIO_URL", "https://fulcio.sigstore.dev"),
                ("REKOR_URL", "https://rekor.sigstore.dev"),
                ("CERTIFICATE_IDENTITY", "https://gitlab.example/acme/my-hello//.gitlab-ci.yml@refs/heads/main"),
                ("CERTIFICATE_OIDC_ISSUER", "https://gitlab.example"),
                ("PIP_CACHE_DIR", _rig.Folder.Folder(".pip-cache").FullPath),
                ("COSIGN_YES", "true"),
                ("GENERIC_PACKAGE_BASE_URL", "https://gitlab.example/api/v4/projects/42/packages/generic/my-hello/1.0.0"),
                ("PYSIGN_ISOLATION", "none"),
            }
        )
        {
            _rig.Environment.Variables[name] = value;
        }
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Only_what_nobody_else_can_know_is_asked_for()
    {
        _rig.Folder.Write("pyproject.toml", Template);
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Build"));
        Assert.Equal((int)ReleaseStage.Build, e.ExitCode);
        Assert.Contains("line 8: description", e.Message, StringComparison.Ordinal);
        Assert.Contains("line 12: {name", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("line 6", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("line 16", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_rig.Folder.Folder("dist").FullPath));
    }

    [Fact]
    public void Name_version_and_page_come_from_the_tutorials_variables_and_the_log_says_so()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools, wheel");
        _rig.Folder.Write(
            "pyproject.toml",
            Template
                .Replace("<Your package description>", "Says hello", StringComparison.Ordinal)
                .Replace("<Your Name>", "A. Uthor", StringComparison.Ordinal)
                .Replace("<your.email@example.com>", "a@acme.example", StringComparison.Ordinal)
        );
        new TaskRun(_rig).Run("PySign-Build");

        var ledger = new LedgerStore(_rig.Folder.Folder("dist")).Read();
        Assert.Equal(("my-hello", "my-hello", "1.0.0"), (ledger.Name, ledger.NormalizedName, ledger.Version));
        var metadata = Distribution.Read(_rig.Folder.File("dist/my_hello-1.0.0-py3-none-any.whl").FullPath).Metadata;
        Assert.Contains(metadata.ProjectUrls, url => url.Url == "https://gitlab.example/acme/my-hello");
        Assert.Contains("PACKAGE_NAME gives it: my-hello", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains("the job's project page is taken: https://gitlab.example/acme/my-hello", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains("PYTHON_VERSION", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_aliass_own_settings_fill_it_in_as_well()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools, wheel");
        _rig.Folder.Write("p/pyproject.toml", Template.Split("description")[0] + "urls.Homepage = \"<https://gitlab.com/my_package>\"\n");
        _rig.Folder.Write("p/hello.py", "");
        var built = _rig.Context.PyBuild(
            "p",
            new PyBuildSettings
            {
                Python = SystemPython.Path,
                Isolation = BuildIsolation.None,
                Name = "hello",
                Version = "2.0",
                Homepage = new Uri("https://acme.example/hello"),
            },
            TestContext.Current.CancellationToken
        );
        Assert.All(built, one => Assert.Equal(("hello", "2.0"), (one.Name, one.Version)));
    }
}
