using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Common.Processes;

public sealed class ChildProcessRunnerTests : IDisposable
{
    // None of these children takes long; those that are to, wait on a clock of the test's.
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    private readonly CakeRig _rig = new();
    private readonly SecretRedactor _redactor = new();

    private ChildProcessRunner Runner => RunnerOn(TimeProvider.System);

    private ChildProcessRunner RunnerOn(TimeProvider time) => new(new SafeLog(_rig.Log, _redactor), _rig.Environment, time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Arguments_reach_the_program_one_by_one_and_unchanged()
    {
        string[] tricky = ["a b", "\"quoted\"", "$HOME", "back\\slash\\", "", "*", "new\nline"];
        var result = await RunAsync(["-c", "for a in \"$@\"; do printf '<%s>\\n' \"$a\"; done", "sh", .. tricky]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("<a b>,<\"quoted\">,<$HOME>,<back\\slash\\>,<>,<*>,<new,line>", string.Join(',', result.Output));
    }

    [Fact]
    public async Task A_secret_that_is_an_argument_is_not_shown_however_it_is_quoted()
    {
        _redactor.Add("it's-a-secret");
        await RunAsync(["-c", ":", "sh", "it's-a-secret", "--token=it's-a-secret"]);
        Assert.Contains("--token=", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("-a-secret", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_still_being_written_is_started_when_it_is_whole()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("NOT RUN: ETXTBSY is Linux's.");
        }

        var program = _rig.Folder.Write("tool", "#!/bin/sh\necho whole\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program.FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var pauses = 0;
        var writing = File.OpenWrite(program.FullPath);
        var time = new ToldTime(wait =>
        {
            if (wait != ChildProcessRunner.BusyPause)
            {
                return false;
            }

            if (++pauses == 3)
            {
                writing.Dispose();
            }

            return true;
        });
        var result = await RunnerOn(time).RunAsync(Shell([]) with { Program = program }, TestContext.Current.CancellationToken);
        Assert.Equal(["whole"], result.Output);

        // Programs that other tests start meanwhile may hold the file a little longer.
        Assert.True(pauses >= 3, $"{pauses} pauses");
    }

    [Fact]
    public async Task The_exit_code_and_both_streams_come_back()
    {
        var result = await RunAsync(["-c", "echo out; echo err >&2; exit 7"]);
        Assert.Equal(7, result.ExitCode);
        Assert.Contains(new ChildProcessLine(false, "out"), result.Lines);
        Assert.Contains(new ChildProcessLine(true, "err"), result.Lines);
        Assert.Contains("out", result.Tail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_of_the_host_do_not_reach_the_child()
    {
        _rig.Environment.Variables["SIGSTORE_ID_TOKEN"] = "canary-0123456789";
        _rig.Environment.Variables["TWINE_PASSWORD"] = "canary-0123456789";
        _rig.Environment.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://token.example/canary";
        _rig.Environment.Variables["CI_JOB_TOKEN"] = "canary-0123456789";
        _rig.Environment.Variables["MY_CLIENT_SECRET"] = "canary-0123456789";
        _rig.Environment.Variables["REMOTE"] = "https://user:canary-0123456789@host.example/x.git";
        _rig.Environment.Variables["DERIVED"] = "header canary-0123456789";
        _rig.Environment.Variables["CFLAGS"] = "-O2";
        var result = await RunAsync(["-c", "env"]);
        Assert.DoesNotContain(result.Output, line => line.Contains("canary", StringComparison.Ordinal));
        Assert.Contains("CFLAGS=-O2", result.Output);
    }

    [Theory]
    [InlineData("AWS_SESSION")]
    [InlineData("AZURE_STORAGE_CONNECTION_STRING")]
    [InlineData("DATABASE_URL")]
    [InlineData("DOCKER_AUTH_CONFIG")]
    [InlineData("GH_PAT")]
    [InlineData("GOOGLE_CREDS_JSON")]
    [InlineData("KUBECONFIG_DATA")]
    [InlineData("MYSQL_PWD")]
    [InlineData("NETRC_CONTENT")]
    [InlineData("PGPASS")]
    [InlineData("SENTRY_DSN")]
    [InlineData("SLACK_WEBHOOK")]
    [InlineData("SSH_KEY")]
    [InlineData("VAULT_ADDR_AUTH")]
    [InlineData("GPG_KEY")]
    [InlineData("COSIGN_KEY")]
    [InlineData("UV_INDEX_PRIVATE_PASSWORD")]
    [InlineData("CARGO_REGISTRIES_X_AUTH")]
    [InlineData("GIT_CONFIG_VALUE_0")]
    [InlineData("GIT_ASKPASS")]
    [InlineData("SSH_AUTH_SOCK")]
    [InlineData("HATCH_INDEX_AUTH")]
    [InlineData("PDM_PUBLISH_PASSWORD")]
    [InlineData("POETRY_PYPI_AUTH")]
    [InlineData("BUILDKITE_AGENT_X")]
    public async Task A_variable_that_nobody_listed_stays_here_until_a_person_names_it(string name)
    {
        _rig.Environment.Variables[name] = "canary";
        Assert.DoesNotContain((await RunAsync(["-c", "env"])).Output, line => line.StartsWith(name + "=", StringComparison.Ordinal));
        _rig.Environment.Variables["PYSIGN_PASS_VARIABLES"] = $"OTHER, {name}";
        Assert.Contains($"{name}=canary", (await RunAsync(["-c", "env"])).Output);
        _rig.Environment.Variables["PYSIGN_PASS_VARIABLES"] = name[..3] + "*";
        Assert.Contains($"{name}=canary", (await RunAsync(["-c", "env"])).Output);
    }

    [Fact]
    public async Task A_secret_with_colors_in_it_reaches_neither_the_log_nor_a_message()
    {
        _redactor.Add("canary-0123456789");
        var result = await RunAsync(["-c", "printf 'x can\\033[1mary-0123\\033[0;31m456789\\033[0m y\\n'"]);
        Assert.Equal("x *** y", Assert.Single(result.Output));
        Assert.DoesNotContain("canary-0123456789", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains("x *** y", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", new PySignException(PySignFailure.ToolFailed, result.Tail()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_where_a_long_line_is_cut_is_still_one()
    {
        _redactor.Add("CANARY-of-forty-characters-in-one-piece!");
        foreach (var before in new[] { 16 * 1024 - 60, 16 * 1024 - 20, 16 * 1024 - 1 })
        {
            await RunAsync(["-c", $"head -c {before} /dev/zero | tr '\\0' x; echo ' CANARY-of-forty-characters-in-one-piece! end'"]);
        }

        Assert.DoesNotContain("CANARY", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("piece!", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_a_signal_to_the_group_ended_was_stopped_and_did_not_fail()
    {
        using var signal = new CancellationTokenSource();
        var time = new ToldTime(wait =>
        {
            if (wait == ChildProcessRunner.SignalTime)
            {
                signal.Cancel();
            }

            return false;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            RunnerOn(time).RunAsync(Shell(["-c", "kill -TERM $$"]), signal.Token)
        );
    }

    [Fact]
    public async Task A_proxy_with_a_password_is_for_children_that_reach_the_network_and_its_password_for_no_log()
    {
        _rig.Environment.Variables["HTTPS_PROXY"] = "http://user:CANARY%40pass-1@proxy.example:3128";
        _rig.Environment.Variables["all_proxy"] = "user:CANARY-pass-2@proxy.example:3128";
        _rig.Environment.Variables["HTTP_PROXY"] = "http://proxy.example:3128";
        _rig.Environment.Variables["NO_PROXY"] = "internal.example";
        _rig.Environment.Variables["PIP_EXTRA_INDEX_URL"] = "https://a.example/simple https://user:CANARY-pass-3@b.example/simple";
        var seen = await RunAsync(Shell(["-c", "env"]) with { OutputIsSecret = true });
        Assert.Contains("HTTP_PROXY=http://proxy.example:3128", seen.Output);
        Assert.Contains("NO_PROXY=internal.example", seen.Output);
        Assert.DoesNotContain(
            seen.Output,
            line => line.Contains("CANARY", StringComparison.Ordinal) && !line.StartsWith("PIP_", StringComparison.Ordinal)
        );

        var network = Shell(["-c", "env"]) with { PassedVariables = ProxyVariables.Names };
        seen = await RunAsync(network with { OutputIsSecret = true });
        Assert.Contains("HTTPS_PROXY=http://user:CANARY%40pass-1@proxy.example:3128", seen.Output);
        Assert.Contains("all_proxy=user:CANARY-pass-2@proxy.example:3128", seen.Output);

        var log = SafeLog.For(_rig.Context);
        var shown = await new ChildProcessRunner(log, _rig.Environment, TimeProvider.System).RunAsync(
            network,
            TestContext.Current.CancellationToken
        );
        log.Information("CANARY@pass-1");
        Assert.Contains("HTTPS_PROXY=http://user:***@proxy.example:3128", shown.Output);
        Assert.Contains("PIP_EXTRA_INDEX_URL=https://a.example/simple https://user:***@b.example/simple", shown.Output);
        Assert.DoesNotContain("CANARY", string.Join('\n', shown.Output) + _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_is_a_secret_comes_back_whole_and_is_in_no_log()
    {
        var jwt = UnsignedTokens.Person();
        var result = await RunAsync(Shell(["-c", $"echo {jwt}; echo noted >&2"]) with { OutputIsSecret = true });
        Assert.Equal([jwt], result.Output);
        Assert.Contains("noted", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            jwt.Split('.')[2],
            string.Join(
                '\n',
                _rig.Log.Lines.Where(line => !line.Text.StartsWith("Starting", StringComparison.Ordinal)).Select(line => line.Text)
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_program_with_secret_output_that_takes_too_long_does_not_show_it_either()
    {
        var time = new ManualTime();
        var start = Shell(["-c", "echo CAN''ARY; echo noted >&2; sleep 600"]) with
        {
            OutputIsSecret = true,
            OnLine = _ => time.AdvanceThrough(_limit),
        };
        var e = await Assert.ThrowsAsync<PySignException>(() => RunnerOn(time).RunAsync(start, Token));
        Assert.Equal(PySignFailure.TimedOut, e.Reason);
        Assert.Contains("noted", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_passed_by_name_reaches_the_child()
    {
        _rig.Environment.Variables["PRIVATE_INDEX_TOKEN"] = "wanted-by-the-build";
        var result = await RunAsync(Shell(["-c", "echo $PRIVATE_INDEX_TOKEN"]) with { PassedVariables = ["PRIVATE_INDEX_TOKEN"] });
        Assert.Equal(["wanted-by-the-build"], result.Output);
    }

    [Fact]
    public async Task Only_the_given_environment_is_the_childs()
    {
        var result = await RunAsync(
            Shell(["-c", "env"]) with
            {
                Variables = new Dictionary<string, string?> { ["ADDED"] = "1", ["HOME"] = null },
            }
        );
        Assert.Contains("ADDED=1", result.Output);
        Assert.DoesNotContain(result.Output, line => line.StartsWith("HOME=", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Output, line => line.StartsWith("DOTNET_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Output_is_redacted_in_the_log_and_in_the_result()
    {
        _redactor.Add("canary-0123456789");
        var result = await RunAsync(["-c", "echo token=canary-0123456789"]);
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Tail(), StringComparison.Ordinal);
        Assert.Contains("token=", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_that_begins_again_with_each_line_is_as_long_as_there_are_lines_and_ends_with_silence()
    {
        var time = new ManualTime();
        Task<ChildProcessResult> RunAsync(string script, TimeSpan aLine) =>
            RunnerOn(time).RunAsync(Shell(["-c", script]) with { IsTimedByLine = true, OnLine = _ => time.AdvanceThrough(aLine) }, Token);
        var talking = await RunAsync("for i in 1 2 3 4 5; do echo $i; done", _limit * 0.9);
        Assert.Equal(5, talking.Lines.Count);
        var e = await Assert.ThrowsAsync<PySignException>(() => RunAsync("echo 1; sleep 600", _limit));
        Assert.Equal(PySignFailure.TimedOut, e.Reason);
        Assert.Contains("said nothing for", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_ends_the_grandchildren_too()
    {
        var mark = _rig.Folder.File("alive").FullPath;
        var pid = _rig.Folder.File("pid").FullPath;
        var time = new ManualTime();
        var start = Shell(["-c", $"(sleep 600; touch {mark}) & echo $! > {pid}; echo waiting; wait"]) with
        {
            OnLine = _ => time.AdvanceThrough(_limit),
        };
        var e = await Assert.ThrowsAsync<PySignException>(() => RunnerOn(time).RunAsync(start, Token));
        Assert.Equal(PySignFailure.TimedOut, e.Reason);
        Assert.Contains("waiting", e.Message, StringComparison.Ordinal);
        Assert.False(IsRunning(int.Parse(await File.ReadAllTextAsync(pid, Token), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task Cancelling_ends_the_child_and_is_not_a_failure_of_the_tool()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Runner.RunAsync(Shell(["-c", "echo started; sleep 600"]), source.Token);
        while (!_rig.Log.Text.Contains("started", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_grandchild_that_keeps_the_pipe_does_not_keep_us()
    {
        var result = await RunAsync(["-c", "sleep 60 & echo done"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["done"], result.Output);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => RunAsync(Shell([]) with { Program = "/nowhere/at-all" }));
        Assert.Equal(PySignFailure.ToolNotFound, e.Reason);
        Assert.Contains("/nowhere/at-all", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_never_ends_its_line_cannot_fill_the_memory()
    {
        var result = await RunAsync(["-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end"]);
        Assert.All(result.Lines, line => Assert.InRange(line.Text.Length, 0, 16 * 1024));
        Assert.Equal("end", result.Output.Last());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool IsRunning(int pid)
    {
        // Where nobody reaps orphans, an ended process stays in the table as a zombie.
        if (File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private Task<ChildProcessResult> RunAsync(IReadOnlyList<string> arguments) => RunAsync(Shell(arguments));

    private Task<ChildProcessResult> RunAsync(ChildProcessStart start) => Runner.RunAsync(start, Token);

    private ChildProcessStart Shell(IReadOnlyList<string> arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("These tests speak to /bin/sh.");
        }

        return new ChildProcessStart
        {
            Program = "/bin/sh",
            Arguments = arguments,
            WorkingDirectory = _rig.Folder.Path,
            Timeout = _limit,
        };
    }
}
