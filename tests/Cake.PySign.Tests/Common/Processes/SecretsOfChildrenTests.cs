using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common.Processes;

/// <summary>Each kind of program that works on foreign files, with the secrets of a job around it.</summary>
public sealed class SecretsOfChildrenTests
{
    private static readonly ChildProcessStart _plain = new()
    {
        Program = "/usr/bin/env",
        Arguments = [],
        WorkingDirectory = "/",
        Timeout = TimeSpan.FromMinutes(5),
    };

    [Fact]
    public void A_child_is_given_none_but_what_its_start_names() => Assert.Empty(CommonSecrets.GivenTo(_plain));

    [Fact]
    public void The_check_of_every_played_tool_sees_a_secret_that_is_handed_on()
    {
        var leaking = _plain with { Variables = new Dictionary<string, string?> { ["COPY"] = "canary-of-the-host-0123456789" } };
        Assert.Equal(["COPY"], CommonSecrets.GivenTo(leaking));
    }

    [Fact]
    public void An_upload_is_given_its_own_password_and_no_other()
    {
        var command = new TwineCommand
        {
            Python = new PythonInterpreter("/usr/bin/python3", "3.11.2", "twine", "4.0.2"),
            Repository = new Uri("https://upload.example/legacy/"),
            UserName = "__token__",
            Password = "own",
            WorkingDirectory = "/",
            Timeout = TimeSpan.FromMinutes(5),
        };
        var start = command.Upload(["/x/hello-1.0.tar.gz"]);
        Assert.Empty(CommonSecrets.GivenTo(start));
        Assert.Equal("own", ChildEnvironment.Of(new FakeCakeEnvironment("/"), start)["TWINE_PASSWORD"]);
    }
}
