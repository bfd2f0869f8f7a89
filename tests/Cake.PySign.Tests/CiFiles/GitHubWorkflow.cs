using System.Text.RegularExpressions;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>Plays a GitHub workflow on a tag, as far as these files go: needs, permissions, env, run steps and the artifact
/// actions.</summary>
internal sealed partial class GitHubWorkflow(YamlMap file, JobRunner runner)
{
    private readonly Dictionary<string, string> _artifacts = [];

    public IReadOnlyDictionary<string, string> Variables { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Secrets { get; set; } = new Dictionary<string, string>();

    /// <summary>What a caller hands to a reusable workflow.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; set; } = new Dictionary<string, string>();

    /// <summary>The token of the run, <c>github.token</c>.</summary>
    public string Token { get; set; } = "";

    /// <summary>Called before a job with its environment, or null: its identity token says it.</summary>
    public Func<string?, Task> Begin { get; set; } = _ => Task.CompletedTask;

    /// <summary>What every job sees, such as GITHUB_REF.</summary>
    public required IReadOnlyDictionary<string, string> Defaults { get; init; }

    /// <summary>What the runner's own machine has set.</summary>
    public Dictionary<string, string> Machine { get; } = [];

    /// <summary>What only a job with <c>id-token: write</c> sees.</summary>
    public required IReadOnlyDictionary<string, string> IdentityVariables { get; init; }

    public IReadOnlyList<string> Jobs => [.. file.Map("jobs").Keys];

    public YamlMap Job(string name) => file.Map("jobs").Map(name);

    public bool HasIdentity(string name) =>
        (Job(name).Has("permissions") ? Job(name) : file).Map("permissions").Text("id-token") == "write";

    public string Artifact(string name) => _artifacts[name];

    /// <summary>Gives the jobs an artifact that was made elsewhere.</summary>
    public void HandOn(string name, string folder) => _artifacts[name] = folder;

    /// <summary>Runs one job; the first step that fails ends it.</summary>
    public async Task<int> RunAsync(string name, CancellationToken cancellationToken)
    {
        await Begin(Job(name).Text("environment"));
        var temporary = runner.Emptied("temp");
        var given = Defaults.Where(pair => !Machine.ContainsKey(pair.Key)).Concat(Machine);
        var variables = given.Concat(HasIdentity(name) ? IdentityVariables : []).ToDictionary();
        var folder = "";
        foreach (var step in Job(name).Maps("steps"))
        {
            var action = step.Text("uses")?.Split('@')[0];
            switch (action)
            {
                case "actions/checkout":
                    folder = runner.Checkout();
                    break;
                case "actions/download-artifact":
                    JobRunner.CopyFolder(_artifacts[step.Map("with").Text("name")!], Path.Combine(folder, step.Map("with").Text("path")!));
                    break;
                case "actions/upload-artifact":
                    Keep(name, step.Map("with"), folder);
                    break;
                case "actions/setup-dotnet" or "actions/setup-python" or "actions/cache" or "actions/cache/restore":
                    break;
                case null:
                    var stepVariables = variables.ToDictionary();
                    foreach (var (key, value) in file.Variables("env").Concat(Job(name).Variables("env")).Concat(step.Variables("env")))
                    {
                        stepVariables[key] = Evaluate(value, temporary);
                    }

                    var exit = await runner.RunAsync(folder, [step.Text("run")!], stepVariables, cancellationToken);
                    if (exit != 0)
                    {
                        return exit;
                    }

                    break;
                default:
                    Assert.Fail($"The player does not know the action {action}.");
                    break;
            }
        }

        return 0;
    }

    // A file is kept below its own name, a folder as what is in it.
    private void Keep(string job, YamlMap with, string folder)
    {
        var made = Path.Combine(folder, with.Text("path")!);
        var kept = Path.Combine(runner.Root, "artifacts", with.Text("name")!);
        if (File.Exists(made))
        {
            Directory.CreateDirectory(kept);
            File.Copy(made, Path.Combine(kept, Path.GetFileName(made)), overwrite: true);
        }
        else
        {
            Assert.True(
                Directory.Exists(made) || with.Text("if-no-files-found") != "error",
                $"job {job} has no {made} to hand on:\n{runner.Output}"
            );
            if (Directory.Exists(made))
            {
                JobRunner.CopyFolder(made, kept);
            }
        }

        _artifacts[with.Text("name")!] = kept;
    }

    private string Evaluate(string text, string temporary) =>
        Expression().Replace(text, match => Value(match.Groups["expression"].Value, temporary));

    // The first operand of "a || b" that is not empty.
    private string Value(string expression, string temporary) =>
        expression.Split(" || ").Select(operand => Operand(operand, temporary)).FirstOrDefault(value => value.Length > 0) ?? "";

    private string Operand(string operand, string temporary) =>
        operand.Split('.') switch
        {
            _ when operand.StartsWith('\'') => operand.Trim('\''),
            ["vars", var name] => Variables.GetValueOrDefault(name, ""),
            ["secrets", var name] => Secrets.GetValueOrDefault(name, ""),
            ["inputs", var name] => Inputs.TryGetValue(name, out var given) ? given : Default(name),
            ["github", "token"] => Token,
            ["github", "ref"] => Defaults["GITHUB_REF"],
            ["runner", "temp"] => temporary,
            _ => throw new InvalidOperationException($"The player does not know the operand {operand}."),
        };

    private string Default(string input)
    {
        var declared = file.Map("on").Map("workflow_call").Map("inputs").Map(input);
        Assert.True(declared.Has("default"), $"The caller gives no {input}, which has no default.");
        return declared.Text("default")!;
    }

    [GeneratedRegex(@"\$\{\{ (?<expression>[^}]+) \}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Expression();
}
