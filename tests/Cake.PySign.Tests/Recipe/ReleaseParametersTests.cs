using Cake.Core;
using Cake.PySign.Build;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

public sealed class ReleaseParametersTests
{
    private readonly Dictionary<string, string> _arguments = [];
    private readonly Dictionary<string, string> _variables = [];

    [Fact]
    public void Without_anything_the_defaults_hold()
    {
        var options = Read();
        Assert.Equal(
            (".", "dist", "consumer"),
            (options.ProjectDirectory.FullPath, options.DistDirectory.FullPath, options.ConsumerDirectory.FullPath)
        );
        Assert.Equal((BuildIsolation.Auto, StoreTokenKind.JobToken), (options.Isolation, options.Store.TokenKind));
        Assert.All(
            new object?[]
            {
                options.Name,
                options.Version,
                options.Signing.FulcioUrl,
                options.CertificateIdentity,
                options.CertificateOidcIssuer,
                options.RepositoryUrl,
                options.Store.Url,
                options.Index.Password,
                options.BuiltFrom,
            },
            Assert.Null
        );
    }

    [Theory]
    [InlineData("package-version", "PYSIGN_PACKAGE_VERSION", "PACKAGE_VERSION", "1", "2", "3")]
    [InlineData("fulcio-url", "PYSIGN_FULCIO_URL", "FULCIO_URL", "https://a.example/", "https://b.example/", "https://c.example/")]
    [InlineData("rekor-url", "PYSIGN_REKOR_URL", "REKOR_URL", "https://a.example/", "https://b.example/", "https://c.example/")]
    [InlineData(
        "repository-url",
        "PYSIGN_REPOSITORY_URL",
        "TWINE_REPOSITORY_URL",
        "https://a.example/",
        "https://b.example/",
        "https://c.example/"
    )]
    [InlineData("certificate-identity", "PYSIGN_CERTIFICATE_IDENTITY", "CERTIFICATE_IDENTITY", "a", "b", "c")]
    [InlineData("certificate-oidc-issuer", "PYSIGN_CERTIFICATE_OIDC_ISSUER", "CERTIFICATE_OIDC_ISSUER", "a", "b", "c")]
    [InlineData(
        "generic-url",
        "PYSIGN_GENERIC_URL",
        "GENERIC_PACKAGE_BASE_URL",
        "https://a.example/",
        "https://b.example/",
        "https://c.example/"
    )]
    public void Argument_before_own_variable_before_the_tutorials_name_before_the_job(
        string argument,
        string own,
        string tutorial,
        string first,
        string second,
        string third
    )
    {
        PlayGitLab();
        var job = Of(argument);
        _variables[tutorial] = third;
        Assert.Equal(third, Of(argument));
        Assert.NotEqual(third, job);
        _variables[own] = second;
        Assert.Equal(second, Of(argument));
        _arguments[argument] = first;
        Assert.Equal(first, Of(argument));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void A_switch_without_a_value_means_yes_whatever_its_variable_says(string value, bool expected)
    {
        _variables["PYSIGN_DRY_RUN"] = "false";
        _arguments["dry-run"] = value;
        Assert.Equal(expected, Read().DryRun);
        _arguments["tag"] = "";
        _variables["PYSIGN_TAG"] = "v1";
        Assert.Equal("v1", Read().Tag);
    }

    [Fact]
    public void The_extra_ca_file_is_the_arguments_the_variables_or_what_the_gitlab_runner_has()
    {
        using var folder = new TemporaryFolder();
        _variables["CI_SERVER_TLS_CA_FILE"] = folder.Write("runner.pem", "x").FullPath;
        Assert.Null(Read().Network.CaFile);
        PlayGitLab();
        Assert.Equal(folder.File("runner.pem").FullPath, Read().Network.CaFile!.FullPath);
        _variables["PYSIGN_CA_FILE"] = "own.pem";
        Assert.Equal("own.pem", Read().Network.CaFile!.FullPath);
        _arguments["ca-file"] = "argument.pem";
        Assert.Equal("argument.pem", Read().Network.CaFile!.FullPath);
        _arguments.Clear();
        _variables.Remove("PYSIGN_CA_FILE");
        _variables["CI_SERVER_TLS_CA_FILE"] = folder.File("not-in-this-container.pem").FullPath;
        Assert.Null(Read().Network.CaFile);
    }

    [Fact]
    public void What_would_be_public_for_ever_needs_an_explicit_yes()
    {
        Assert.Equal((false, false), (Read().Signing.AllowUnprotectedRef, Read().Signing.AllowPrivateProject));
        _variables["PYSIGN_ALLOW_UNPROTECTED_REF"] = "true";
        _arguments["allow-private-project"] = "True";
        Assert.Equal((true, true), (Read().Signing.AllowUnprotectedRef, Read().Signing.AllowPrivateProject));
        _arguments["allow-unprotected-ref"] = "false";
        Assert.False(Read().Signing.AllowUnprotectedRef);
        _arguments["allow-unprotected-ref"] = "yes";
        Assert.Equal(10, Assert.Throws<CakeException>(Read).ExitCode);
    }

    [Fact]
    public void The_source_of_the_identity_token_may_be_named()
    {
        Assert.Equal(
            (null, null, PySignChoice.Auto),
            (Read().Signing.IdTokenSource.Variable, Read().Signing.IdTokenSource.File, Read().Signing.IdTokenSource.Interactive)
        );
        _variables["SIGSTORE_ID_TOKEN"] = "canary-token";
        Assert.Equal("canary-token", Read().Signing.IdToken);
        _variables["PYSIGN_ID_TOKEN_VARIABLE"] = "JENKINS_TOKEN";
        Assert.Null(Read().Signing.IdToken); // What is named comes before what is lying around.
        _variables["PYSIGN_ID_TOKEN_FILE"] = "token.jwt";
        _arguments["interactive"] = "";
        var source = Read().Signing.IdTokenSource;
        Assert.Equal(("JENKINS_TOKEN", "token.jwt", PySignChoice.Always), (source.Variable, source.File?.FullPath, source.Interactive));
    }

    [Fact]
    public void Arguments_of_pytest_are_parted_by_blanks_outside_of_quotes()
    {
        _variables["PYSIGN_TEST_DESELECT"] = "tests/test_net.py";
        _variables["PYSIGN_TEST_ARGUMENTS"] = "-x  -k 'not \"slow one\"' --name=\"a b\"";
        Assert.Equal(["--deselect=tests/test_net.py", "-x", "-k", "not \"slow one\"", "--name=a b"], Read().Test.PytestArguments);
    }

    [Fact]
    public void The_tutorials_PACKAGE_NAME_is_an_expectation_and_never_renames()
    {
        _variables["PACKAGE_NAME"] = "hello-pysign";
        Assert.Equal(("hello-pysign", null), (Read().ExpectName, Read().Name));
        _variables["PYSIGN_PACKAGE_NAME"] = "two";
        Assert.Equal("two", Read().Name);
        _arguments["package-name"] = "one";
        Assert.Equal("one", Read().Name);
    }

    [Fact]
    public void The_tag_comes_from_the_argument_the_variable_or_the_job()
    {
        Assert.Null(Read().Tag);
        (_variables["GITHUB_ACTIONS"], _variables["GITHUB_REF"]) = ("true", "refs/tags/v3");
        Assert.Equal("v3", Read().Tag);
        _variables["GITHUB_REF"] = "refs/heads/tags/v3";
        Assert.Null(Read().Tag);
        PlayGitLab();
        Assert.Equal("v1.0.0", Read().Tag);
        _variables["PYSIGN_TAG"] = "v2";
        Assert.Equal("v2", Read().Tag);
        _arguments["tag"] = "v1";
        Assert.Equal("v1", Read().Tag);
    }

    [Fact]
    public void A_GitLab_job_says_the_rest()
    {
        PlayGitLab();
        var options = Read();
        Assert.Equal("https://gitlab.example/acme/hello//.gitlab-ci.yml@refs/tags/v1.0.0", options.CertificateIdentity);
        Assert.Equal("https://gitlab.example", options.CertificateOidcIssuer);
        Assert.Equal("https://gitlab.example/api/v4/projects/42/packages/pypi", options.RepositoryUrl!.AbsoluteUri);
        Assert.Equal("https://gitlab.example/api/v4/projects/42/packages/generic", options.Store.Url!.AbsoluteUri);
        Assert.Equal(
            ("gitlab-ci-token", "canary-job-token", "canary-job-token"),
            (options.Index.UserName, options.Index.Password, options.Store.Token)
        );
        Assert.Equal("https://gitlab.example/acme/hello", options.DefaultHomepage!.AbsoluteUri);
        Assert.Equal(new ReleaseSource("abc", "v1.0.0"), options.BuiltFrom);

        _variables["TWINE_USERNAME"] = "deploy";
        _variables["TWINE_PASSWORD"] = "canary-password";
        _variables["PYSIGN_GENERIC_TOKEN"] = "canary-generic";
        options = Read();
        Assert.Equal(
            ("deploy", "canary-password", "canary-generic"),
            (options.Index.UserName, options.Index.Password, options.Store.Token)
        );
    }

    [Theory]
    [InlineData(
        "https://gitlab.example/api/v4/projects/42/packages/generic",
        "https://gitlab.example/api/v4/projects/42/packages/generic",
        null,
        null
    )]
    [InlineData(
        "https://gitlab.example/api/v4/projects/42/packages/generic/",
        "https://gitlab.example/api/v4/projects/42/packages/generic",
        null,
        null
    )]
    [InlineData(
        "https://gitlab.example/api/v4/projects/42/packages/generic/my_name/1.0.0",
        "https://gitlab.example/api/v4/projects/42/packages/generic",
        "my_name",
        "1.0.0"
    )]
    [InlineData(
        "https://gitlab.example/api/v4/projects/42/packages/generic/my%2Bname/1.0.0+local/",
        "https://gitlab.example/api/v4/projects/42/packages/generic",
        "my+name",
        "1.0.0+local"
    )]
    [InlineData("https://registry.example/anything/else", "https://registry.example/anything/else", null, null)]
    public void GENERIC_PACKAGE_BASE_URL_may_end_with_name_and_version(string value, string registry, string? name, string? version)
    {
        PlayGitLab();
        _variables["GENERIC_PACKAGE_BASE_URL"] = value;
        var options = Read();
        Assert.Equal((registry, name, version), (options.Store.Url!.AbsoluteUri.TrimEnd('/'), options.Store.Name, options.Store.Version));

        // The job's token is for the job's own GitLab.
        Assert.Equal(options.Store.Url!.Host == "gitlab.example" ? "canary-job-token" : null, options.Store.Token);
    }

    [Theory]
    [InlineData("FULCIO_URL", "https://robot:canary-secret@fulcio.example", "without user and password")]
    [InlineData("REKOR_URL", "https://canary-secret@rekor.example", "without user and password")]
    [InlineData("TWINE_REPOSITORY_URL", "htps://robot:canary-secret@gitlab.example", "without user and password")]
    [InlineData("TWINE_REPOSITORY_URL", "https://robot:canary-secret@gitlab example/", "without user and password")]
    [InlineData("PYSIGN_INDEX_URL", "https://robot:canary-secret@@index.example/simple", "without user and password")]
    [InlineData("PYSIGN_INDEX_URL", "https://robot:canary@secret@index.example/simple", "without user and password")]
    [InlineData("GENERIC_PACKAGE_BASE_URL", "https://gitlab.example/generic?private_token=canary-secret", "without a query")]
    [InlineData("FULCIO_URL", "fulcio.example", "an absolute https URL")]
    [InlineData("FULCIO_URL", "ftp://fulcio.example", "an absolute https URL")]
    [InlineData("FULCIO_URL", "/etc/fulcio", "an absolute https URL")]
    [InlineData(
        "GENERIC_PACKAGE_BASE_URL",
        "https://gitlab.example/api/v4/projects/42/packages/generic/a/1/b",
        "/packages/generic/NAME/VERSION"
    )]
    [InlineData("PYSIGN_ISOLATION", "sometimes", "Auto, Isolated, None")]
    [InlineData("PYSIGN_ISOLATION", "1", "Auto, Isolated, None")]
    [InlineData("PYSIGN_ISOLATION", "+1", "Auto, Isolated, None")]
    [InlineData("PYSIGN_ISOLATION", "auto,none", "Auto, Isolated, None")]
    [InlineData("PYSIGN_GENERIC_TOKEN_KIND", "secret", "JobToken, PrivateToken, DeployToken")]
    public void What_cannot_be_used_ends_with_10_and_shows_no_secret(string variable, string value, string expected)
    {
        _variables[variable] = value;
        var e = Assert.Throws<CakeException>(Read);
        Assert.Equal(10, e.ExitCode);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", BuildIsolation.None)]
    [InlineData("Isolated", BuildIsolation.Isolated)]
    public void Choices_are_read_whatever_their_case(string value, BuildIsolation expected)
    {
        _variables["PYSIGN_ISOLATION"] = value;
        Assert.Equal(expected, Read().Isolation);
    }

    [Fact]
    public void The_description_for_logs_holds_no_secret()
    {
        PlayGitLab();
        _variables["SIGSTORE_ID_TOKEN"] = "canary-identity-token";
        _variables["TWINE_PASSWORD"] = "canary-password";
        _variables["PYSIGN_GENERIC_TOKEN"] = "canary-generic";
        var options = Read();
        options.RepositoryUrl = new Uri("https://robot:canary-url@gitlab.example/pypi?token=canary-query");
        var text = string.Join('\n', options.Describe());
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.Contains("https://gitlab.example/pypi", text, StringComparison.Ordinal);
        Assert.Contains("@refs/tags/v1.0.0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_jobs_token_is_for_the_jobs_own_instance_only()
    {
        PlayGitLab();
        Assert.NotNull(Read().Index.Password);
        _variables["PYSIGN_REPOSITORY_URL"] = "https://upload.pypi.org/legacy/";
        Assert.Equal((null, null), (Read().Index.UserName, Read().Index.Password));
        _variables["TWINE_PASSWORD"] = "pypi-canary";
        Assert.Equal("pypi-canary", Read().Index.Password);
    }

    [Fact]
    public void A_GitHub_job_keeps_signatures_in_its_own_repositorys_releases_where_that_is_asked_for()
    {
        _variables["GITHUB_ACTIONS"] = "true";
        _variables["GITHUB_REPOSITORY"] = "acme/hello";
        _variables["GITHUB_REF"] = "refs/tags/v1.0.0";
        Assert.Null(Read().Store.Url);
        _variables["PYSIGN_GENERIC_KIND"] = "GitHubRelease";
        Assert.Equal(("https://api.github.com/repos/acme/hello", "v1.0.0"), (Read().Store.Url!.AbsoluteUri, Read().Tag));
        _variables["GITHUB_API_URL"] = "https://github.example/api/v3";
        Assert.Equal("https://github.example/api/v3/repos/acme/hello", Read().Store.Url!.AbsoluteUri);
        _variables["PYSIGN_GENERIC_KIND"] = "Http";
        Assert.Null(Read().Store.Url);
    }

    private ReleaseOptions Read() => new ReleaseParameters(_arguments.GetValueOrDefault, _variables.GetValueOrDefault).Read();

    private string? Of(string argument)
    {
        var options = Read();
        return argument switch
        {
            "package-version" => options.Version,
            "fulcio-url" => options.Signing.FulcioUrl?.AbsoluteUri,
            "rekor-url" => options.Signing.RekorUrl?.AbsoluteUri,
            "repository-url" => options.RepositoryUrl?.AbsoluteUri,
            "certificate-identity" => options.CertificateIdentity,
            "certificate-oidc-issuer" => options.CertificateOidcIssuer,
            "generic-url" => options.Store.Url?.AbsoluteUri,
            _ => throw new ArgumentOutOfRangeException(nameof(argument), argument, null),
        };
    }

    private void PlayGitLab()
    {
        foreach (
            var (name, value) in new[]
            {
                ("GITLAB_CI", "true"),
                ("CI_SERVER_URL", "https://gitlab.example"),
                ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
                ("CI_PROJECT_ID", "42"),
                ("CI_PROJECT_PATH", "acme/hello"),
                ("CI_PROJECT_URL", "https://gitlab.example/acme/hello"),
                ("CI_COMMIT_TAG", "v1.0.0"),
                ("CI_COMMIT_REF_NAME", "v1.0.0"),
                ("CI_COMMIT_SHA", "abc"),
                ("CI_JOB_TOKEN", "canary-job-token"),
            }
        )
        {
            _variables[name] = value;
        }
    }
}
