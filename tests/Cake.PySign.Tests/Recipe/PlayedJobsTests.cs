using Cake.PySign.Common.Calls;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What a job of a rehearsal is started with: the command, the checkout and the variables.</summary>
public sealed class PlayedJobsTests : IDisposable
{
    private readonly CakeRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_jobs_of_a_rehearsal_are_the_stages_of_a_release_in_their_order() =>
        Assert.Equal(StageWork.InOrder.Select(one => one.Stage), PlayedJob.All(imports: true).Select(job => job.Stage));

    [Theory]
    [InlineData("build.cake --target=PySign-Rehearse --as=github --package-version=2.0.0", "build.cake --package-version=2.0.0")]
    [InlineData("build.cake --target PySign-Rehearse --uncommitted --dist out", "build.cake --dist out")]
    [InlineData("-t PySign-Rehearse --output=elsewhere --verbosity=diagnostic", "--verbosity=diagnostic")]
    [InlineData("--rehearse-environment=pypi --rehearse-workflow a/b/.github/workflows/c.yml@main", "")]
    [InlineData("scripts/build.cake --target=PySign-Rehearse", "build.cake")]
    public void The_command_is_the_same_for_another_target(string given, string expected)
    {
        _rig.Folder.Write("build.cake", "");
        var command = OwnCommand.Of("/usr/bin/dotnet", ["x", .. given.Split(' ')], "/tools/Cake.dll");
        var arguments = command.For("PySign-Sign", _rig.Folder.Path, text => text, []);
        var script = _rig.Folder.File("build.cake").FullPath;
        Assert.Equal(
            ["/tools/Cake.dll", .. expected.Split(' ').Where(one => one.Length > 0), "--target=PySign-Sign"],
            arguments.Select(one => one == script ? "build.cake" : one)
        );
        Assert.Equal(script, command.Script(_rig.Folder.Path)!.FullPath);
    }

    [Fact]
    public void A_program_of_its_own_is_run_as_it_is()
    {
        var command = OwnCommand.Of(
            "/srv/build/bin/Build",
            ["/srv/build/bin/Build.dll", "--target=PySign-Rehearse", "--x=1"],
            "/srv/build/bin/Build.dll"
        );
        Assert.Equal(["--x=1", "--target=PySign-Test"], command.For("PySign-Test", "/srv", text => text, []));
        Assert.Equal("/srv/build/bin/Build", command.Program.FullPath);
        Assert.Null(command.Script("/srv"));
    }

    [Fact]
    public void Paths_of_the_repository_lead_into_the_checkout_and_others_stay()
    {
        var folders = new PlayedFolders(
            "/home/me/hello",
            "/tmp/x",
            "hello",
            [new ReleaseFolder(PlayedArtifacts.Dist, "", "/home/me/hello/out/dist")]
        );
        Assert.Equal("--project=/tmp/x/builds/hello/python", folders.Map("--project=/home/me/hello/python"));
        Assert.Equal("/tmp/x/builds/hello,/tmp/x/builds/hello/b", folders.Map("/home/me/hello,/home/me/hello/b"));
        Assert.Equal("/home/me/hello-world/x", folders.Map("/home/me/hello-world/x"));
        Assert.Equal("/mnt/home/me/hello", folders.Map("/mnt/home/me/hello"));
        Assert.Throws<PySignException>(() =>
            new PlayedFolders("/home/me/hello", "/tmp/x", "hello", [new ReleaseFolder(PlayedArtifacts.Dist, "", "/elsewhere/dist")])
        );
    }

    [Fact]
    public void A_job_has_what_programs_need_and_what_the_project_is_built_with_and_no_credential()
    {
        var machine = _rig.Environment.Variables;
        machine["GITHUB_TOKEN"] = machine["CI_JOB_TOKEN"] = machine["TWINE_PASSWORD"] = machine["MY_API_KEY"] = "canary";
        machine["GITHUB_ACTIONS"] = "true";
        machine["PYSIGN_REPOSITORY_URL"] = machine["PYSIGN_KEY"] = machine["PYSIGN_GENERIC_USERNAME"] = "canary";
        machine["PYSIGN_WAIVE_CHECKS"] = "Completeness";
        machine["CAKE_NUGET_SOURCE"] = "/feed";
        machine["PYSIGN_PROJECT"] = "/home/me/hello";
        var job = PlayedVariables.Of(
            _rig.Environment,
            new Dictionary<string, string?>(),
            new Dictionary<string, string> { ["GITLAB_CI"] = "true" },
            text => text.Replace("/home/me/hello", "/builds", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(job.Values, value => value == "canary");
        Assert.All(new[] { "GITHUB_TOKEN", "GITHUB_ACTIONS", "TWINE_PASSWORD", "PYSIGN_KEY" }, name => Assert.Null(job[name]));
        Assert.Equal("Completeness", job["PYSIGN_WAIVE_CHECKS"]);
        Assert.Equal("/feed", job["CAKE_NUGET_SOURCE"]);
        Assert.Equal("/builds", job["PYSIGN_PROJECT"]);
        Assert.Equal("true", job["GITLAB_CI"]);
    }

    [Fact]
    public async Task What_is_committed_is_checked_out_and_what_is_not_is_named()
    {
        _rig.Folder.Write("hello/pyproject.toml", "");
        _rig.Folder.Write("hello/build.cake", "");
        var tree = GitTree.Commit(_rig.Folder.Folder("hello").FullPath, "v1.0.0");
        _rig.Folder.Write("hello/new.py", "");
        _rig.Folder.Write("hello/build.cake", "changed");
        var before = _rig.Folder.Snapshot("hello");

        var played = await TakeAsync("hello", "hello", uncommitted: false);
        Assert.Equal(tree.Run("rev-parse", "HEAD").Trim(), played.Commit);
        Assert.Contains("2 changes that are not committed take no part", Assert.Single(played.Remarks), StringComparison.Ordinal);
        Assert.Equal(["v1.0.0"], await played.TagsAsync(Stop));
        Assert.Equal(["build.cake", "pyproject.toml"], await CheckedOutAsync(played));
        Assert.Null(played.Remote);

        played = await TakeAsync("hello", "hello", uncommitted: true);
        Assert.Equal(["build.cake", "new.py", "pyproject.toml"], await CheckedOutAsync(played));
        Assert.NotNull(await played.TagAsync("v2.0.0", Stop));
        Assert.Equal(before, _rig.Folder.Snapshot("hello"));
        Assert.Equal("v1.0.0", tree.Run("tag", "--list").Trim());
    }

    [Fact]
    public async Task A_folder_without_a_repository_and_a_script_that_is_not_committed_are_played_as_they_are()
    {
        _rig.Folder.Write("plain/pyproject.toml", "");
        _rig.Folder.Write("plain/out/left.txt", "");
        var played = await TakeAsync("plain", "plain", uncommitted: false);
        Assert.Contains("not in a git repository", Assert.Single(played.Remarks), StringComparison.Ordinal);
        Assert.Equal(["pyproject.toml"], await CheckedOutAsync(played));

        _rig.Folder.Write("mono/python/pyproject.toml", "");
        var tree = GitTree.Commit(_rig.Folder.Folder("mono").FullPath, "");
        tree.Run("remote", "add", "origin", "git@github.com:acme/mono.git");
        _rig.Folder.Write("mono/python/build.cake", "");
        played = await TakeAsync("mono/python", "mono/python", uncommitted: false);
        Assert.Contains("python/build.cake is not committed yet", Assert.Single(played.Remarks), StringComparison.Ordinal);
        Assert.Equal(["python/build.cake", "python/pyproject.toml"], await CheckedOutAsync(played));
        Assert.Equal(("acme/mono", true), (played.Remote!.Path, played.Remote.IsGitHub));
    }

    [Theory]
    [InlineData("job: { id_tokens: { PYPI_ID_TOKEN: { aud: pypi } } }\n", true)]
    [InlineData("variables: { PYSIGN_REPOSITORY_URL: https://upload.pypi.org/legacy/ }\n", true)]
    [InlineData("# pysign-publish: { id_tokens: { PYPI_ID_TOKEN: { aud: pypi } } }\njob: {}\n", false)]
    [InlineData("  # https://upload.pypi.org/legacy/\n", false)]
    [InlineData("job: { script: [echo] } # PYPI_ID_TOKEN\n", false)]
    public async Task What_a_CI_file_says_of_PyPI_in_a_comment_is_for_people(string file, bool publishes)
    {
        _rig.Folder.Write("hello/pyproject.toml", "");
        _rig.Folder.Write("hello/build.cake", "");
        _rig.Folder.Write("hello/.gitlab-ci.yml", file);
        GitTree.Commit(_rig.Folder.Folder("hello").FullPath, "");
        var played = await TakeAsync("hello", "hello", uncommitted: false);
        Assert.Equal(publishes, await played.PublishesToPyPiAsync(isGitHub: false, Stop));
        Assert.False(await played.PublishesToPyPiAsync(isGitHub: true, Stop));
    }

    [Fact]
    public async Task Submodules_are_there_where_the_CI_file_asks_for_them_and_are_named_where_not()
    {
        _rig.Folder.Write("inner/deep.py", "");
        GitTree.Commit(_rig.Folder.Folder("inner").FullPath, "");
        _rig.Folder.Write("library/vendored.py", "");
        var library = GitTree.Commit(_rig.Folder.Folder("library").FullPath, "");
        Submodule(library, "inner", "deep");
        _rig.Folder.Write("hello/pyproject.toml", "");
        _rig.Folder.Write("hello/build.cake", "");
        var tree = GitTree.Commit(_rig.Folder.Folder("hello").FullPath, "");
        Submodule(tree, "library", "vendor/lib");
        tree.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive");

        async Task<(string? Remark, List<string> Files)> PlayedAsync(string file)
        {
            _rig.Folder.Write("hello/.gitlab-ci.yml", file);
            tree.Run("add", ".gitlab-ci.yml");
            tree.Run("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "file");
            var played = await TakeAsync("hello", "hello", uncommitted: false);
            var remark = await played.WithSubmodulesAsync(isGitHub: false, Stop);
            return (remark, [.. (await CheckedOutAsync(played)).Where(one => one.EndsWith(".py", StringComparison.Ordinal))]);
        }

        var (none, files) = await PlayedAsync("# GIT_SUBMODULE_STRATEGY: recursive\n");
        Assert.Contains("vendor/lib", none, StringComparison.Ordinal);
        Assert.Contains("GIT_SUBMODULE_STRATEGY", none, StringComparison.Ordinal);
        Assert.Empty(files);
        (none, files) = await PlayedAsync("variables: { GIT_SUBMODULE_STRATEGY: \"normal\" }\n");
        Assert.Equal((null, "vendor/lib/vendored.py"), (none, string.Join(' ', files)));
        (none, files) = await PlayedAsync("variables:\n  GIT_SUBMODULE_STRATEGY: recursive\n");
        Assert.Equal((null, "vendor/lib/deep/deep.py vendor/lib/vendored.py"), (none, string.Join(' ', files)));

        // Not on this machine: a pipeline would have it.
        Directory.Delete(_rig.Folder.Folder("hello/vendor/lib").FullPath, recursive: true);
        (none, files) = await PlayedAsync("variables: { GIT_SUBMODULE_STRATEGY: recursive } # again\n");
        Assert.Contains("git submodule update", none, StringComparison.Ordinal);
        Assert.Empty(files);
    }

    private void Submodule(GitTree tree, string from, string to)
    {
        var source = _rig.Folder.Folder(from).FullPath;
        tree.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, to);
        tree.Run("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "submodule");
    }

    [Fact]
    public async Task Of_several_remotes_without_an_origin_the_one_that_the_branch_follows_is_taken_and_said()
    {
        _rig.Folder.Write("hello/pyproject.toml", "");
        _rig.Folder.Write("hello/build.cake", "");
        var tree = GitTree.Commit(_rig.Folder.Folder("hello").FullPath, "");
        tree.Run("remote", "add", "fork", "https://github.com/me/hello.git");
        tree.Run("remote", "add", "main", "https://gitlab.example:8443/group/sub/hello.git");
        tree.Run("config", $"branch.{tree.Run("branch", "--show-current").Trim()}.remote", "main");
        var played = await TakeAsync("hello", "hello", uncommitted: false);
        Assert.Equal(("group/sub/hello", "gitlab.example"), (played.Remote!.Path, played.Remote.Host));
        Assert.Contains("main is taken", Assert.Single(played.Remarks), StringComparison.Ordinal);
        tree.Run("remote", "add", "origin", "https://github.com/acme/hello");
        played = await TakeAsync("hello", "hello", uncommitted: false);
        Assert.Equal(("acme/hello", 0), (played.Remote!.Path, played.Remarks.Count));
    }

    [Fact]
    public void A_job_has_a_home_of_its_own_that_leads_to_caches_and_to_no_login()
    {
        _rig.Folder.Write("home/.pypirc", "canary");
        _rig.Folder.Write("home/.cache/pip/x", "");
        _rig.Folder.Write("home/.config/pip/pip.conf", "");
        _rig.Folder.Write(
            "home/.nuget/NuGet/NuGet.Config",
            "<configuration><packageSources><add key=\"own\" value=\"https://nuget.example/v3\" /></packageSources>"
                + "<packageSourceCredentials><own><add key=\"ClearTextPassword\" value=\"canary\" /></own></packageSourceCredentials>"
                + "<apikeys><add key=\"own\" value=\"canary\" /></apikeys></configuration>"
        );
        var machine = _rig.Environment.Variables;
        machine["HOME"] = _rig.Folder.Folder("home").FullPath;
        machine["NUGET_PACKAGES"] = "/elsewhere";
        var made = PlayedHome.Make(_rig.Environment, _rig.Folder.Folder("job"));
        Assert.Equal(_rig.Folder.Folder("job").FullPath, made["HOME"]);
        Assert.Equal(_rig.Folder.Folder("home/.cache/pip").FullPath, made["PIP_CACHE_DIR"]);
        Assert.Equal(_rig.Folder.File("home/.config/pip/pip.conf").FullPath, made["PIP_CONFIG_FILE"]);
        Assert.Null(made["XDG_CONFIG_HOME"]);
        Assert.False(made.ContainsKey("NUGET_PACKAGES"));
        var config = File.ReadAllText(_rig.Folder.File("job/.nuget/NuGet/NuGet.Config").FullPath);
        Assert.Contains("nuget.example", config, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", config, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_rig.Folder.Folder("job").FullPath, "*", SearchOption.AllDirectories));

        machine["PYSIGN_PASS_VARIABLES"] = "OTHER,HOME";
        Assert.Empty(PlayedHome.Make(_rig.Environment, _rig.Folder.Folder("job")));
    }

    [Fact]
    public void A_job_signs_with_the_key_of_the_rehearsal_and_keeps_the_policy()
    {
        var key = RehearsalKey.Make(_rig.Folder.Folder("key"));
        foreach (
            var (name, value) in new[]
            {
                ("PYSIGN_REHEARSAL", "true"),
                ("PYSIGN_REHEARSAL_HOST", "gitlab.example"),
                ("GITLAB_CI", "true"),
                ("CI_SERVER_URL", "http://127.0.0.1:4711"),
                ("PYSIGN_REPOSITORY_URL", "http://127.0.0.1:4711/legacy/"),
                ("PYSIGN_GENERIC_URL", "http://127.0.0.1:4711/generic"),
                ("PYSIGN_TRUSTED_ROOT", "/root.json"),
                ("PYSIGN_SIGNING_CONFIG", "/config.json"),
                ("PYSIGN_KEY", key.PrivateKey.FullPath),
                ("PYSIGN_PUBLIC_KEY", key.PublicKey.FullPath),
            }
        )
        {
            _rig.Environment.Variables[name] = value;
        }

        var script = ReleaseOptions.From(_rig.Context);
        script.Signing.Key = "/home/me/real.key";
        script.Signing.KeyPassword = "canary";
        script.Signing.Signer.Program = "/usr/bin/real-signer";
        script.PublicKey = "/home/me/real.pub";
        script.PolicyFile = "policy.toml";
        var played = RehearsedOptions.Of(_rig.Context, script);
        Assert.Equal(key.PrivateKey.FullPath, played.Signing.Key!.FullPath);
        Assert.Equal(key.PublicKey.FullPath, played.PublicKey!.FullPath);
        Assert.Equal((null, null), (played.Signing.KeyPassword, played.Signing.Signer.Program));
        Assert.Equal("policy.toml", played.PolicyFile!.FullPath);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key.PrivateKey.FullPath));
        }
    }

    [Theory]
    [InlineData("as", "bitbucket", "github-pypi")]
    [InlineData("rehearse-workflow", "sign.yml", "owner/name/.github/workflows/")]
    [InlineData("rehearse-on", "gitlab", "--rehearse-environment")]
    public void A_parameter_of_a_rehearsal_that_is_none_is_refused_by_name(string name, string value, string advice)
    {
        using var rig = new CakeRig(arguments: [(name, value)]);
        var e = Assert.Throws<PySignException>(() => RehearsalParameters.Read(rig.Context));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(advice, e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uncommitted", "", true)]
    [InlineData("uncommitted", "true", true)]
    [InlineData("uncommitted", "false", false)]
    [InlineData("other", "", false)]
    public void What_is_not_committed_takes_part_where_it_is_asked_for(string name, string value, bool takes)
    {
        using var rig = new CakeRig(arguments: [(name, value)]);
        Assert.Equal(takes, RehearsalParameters.Read(rig.Context).Uncommitted);
        rig.Environment.Variables["PYSIGN_REHEARSE_UNCOMMITTED"] = "true";
        Assert.Equal(value != "false", RehearsalParameters.Read(rig.Context).Uncommitted);
    }

    [Fact]
    public void Of_several_tags_of_a_commit_the_one_that_the_files_say_is_played()
    {
        _rig.Folder.Write(
            "hello/pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
                + "[project]\nname = \"x\"\nversion = \"2.0\"\n"
        );
        var project = _rig.Folder.Folder("hello");
        var script = new ReleaseOptions();
        Assert.Equal("v2.0", RehearsedVersion.Tag(script, project, ["nightly", "v1.0", "v2.0", "v2.0rc1"]));
        Assert.Equal("v1.0", RehearsedVersion.Tag(script, project, ["nightly", "v1.0"]));
        Assert.Equal("v2.0", RehearsedVersion.Tag(script, project, ["nightly"]));
    }

    private async Task<PlayedRepository> TakeAsync(string project, string script, bool uncommitted)
    {
        var store = _rig.Folder.Folder($"store-{Guid.NewGuid():N}");
        var folder = _rig.Folder.Folder(script);
        return await PlayedRepository.TakeAsync(
            Services.For(_rig.Context),
            new PlayedSources(
                _rig.Folder.Folder(project),
                folder,
                [folder.CombineWithFilePath("build.cake"), folder.CombineWithFilePath("pyproject.toml")],
                [folder.Combine("out")],
                uncommitted
            ),
            store,
            Stop
        );
    }

    private async Task<IEnumerable<string>> CheckedOutAsync(PlayedRepository played)
    {
        var folder = _rig.Folder.Folder($"checkout-{Guid.NewGuid():N}");
        await played.CheckOutAsync(folder, Stop);
        return Directory
            .EnumerateFiles(folder.FullPath, "*", SearchOption.AllDirectories)
            .Select(file => IoPath.GetRelativePath(folder.FullPath, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith(".git/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }
}
