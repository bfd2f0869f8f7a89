using System.Diagnostics;

namespace Cake.PySign.Tests.Rig;

/// <summary>A folder that git works in: real git, an identity and a time of its own, no configuration of this machine.</summary>
internal sealed class GitTree(string folder)
{
    public string Folder { get; } = folder;

    /// <summary>A new repository with everything below it committed, and a tag unless it is empty.</summary>
    public static GitTree Commit(string folder, string tag = "v1.2.3")
    {
        var tree = new GitTree(folder);
        tree.Run("init", "-q", "-b", "main");
        tree.CommitAll();
        if (tag.Length > 0)
        {
            tree.Run("tag", tag);
        }

        return tree;
    }

    public void CommitAll(string message = "changed")
    {
        Run("add", "-A");
        Run("commit", "-q", "-m", message);
    }

    /// <summary>What a back end reads from it: the description of the commit with its dirty flag, and every change.</summary>
    public string State() => $"{Try("describe", "--tags", "--long", "--dirty", "--always")}\n{Run("status", "--porcelain", "-uno")}";

    public string Run(params string[] arguments)
    {
        var (code, output, error) = Start(arguments);
        Assert.True(code == 0, $"git {string.Join(' ', arguments)}: {error}");
        return output;
    }

    private string Try(params string[] arguments) => Start(arguments).Output;

    private (int Code, string Output, string Error) Start(string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "protocol.file.allow=always", .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var (name, value) in new[]
            {
                ("GIT_AUTHOR_NAME", "t"),
                ("GIT_AUTHOR_EMAIL", "t@example.org"),
                ("GIT_COMMITTER_NAME", "t"),
                ("GIT_COMMITTER_EMAIL", "t@example.org"),
                ("GIT_AUTHOR_DATE", "1700000000 +0000"),
                ("GIT_COMMITTER_DATE", "1700000000 +0000"),
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("GIT_CONFIG_SYSTEM", "/dev/null"),
                ("GIT_OPTIONAL_LOCKS", "0"),
            }
        )
        {
            start.Environment[name] = value;
        }

        var run = ProgramRun.OfAsync(start, CancellationToken.None).GetAwaiter().GetResult();
        return (run.ExitCode, run.Output.Trim('\n'), run.Error);
    }
}
