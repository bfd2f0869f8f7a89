using System.Text.RegularExpressions;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>Plays a GitHub workflow on a tag, as far as these files go: needs, permissions, env, run steps and the artifact
/// actions.</summary>
internal sealed partial class GitHubWorkflow(YamlMap file, JobRunner runner)
{
    private readonly Dictionary<string, string> _artifacts = [];

    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    public required IReadOnlyDictionary<string, string> Secrets { get; init; }

    /// <summary>What every job sees, such as GITHUB_REF.</summary>
    public required IReadOnlyDictionary<string, string> Defaults { get; init; }

    /// <summary>What only a job with <c>id-token: write</c> sees.</summary>
    public required IReadOnlyDictionary<string, string> IdentityVariables { get; init; }

    public IReadOnlyList<string> Jobs => [.. file.Map("jobs").Keys];

    public YamlMap Job(string name) => file.Map("jobs").Map(name);

    public bool HasIdentity(string name) =>
        (Job(name).Has("permissions") ? Job(name) : file).Map("permissions").Text("id-token") == "write";

    public string Artifact(string name) => _artifacts[name];

    /// <summary>Runs one job; the first step that fails ends it.</summary>
    public async Task<int> RunAsync(string name, CancellationToken cancellationToken)
    {
        var temporary = runner.Emptied("temp");
        var variables = Defaults.Concat(HasIdentity(name) ? IdentityVariables : []).ToDictionary();
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
                    _artifacts[step.Map("with").Text("name")!] = Keep(
                        name,
                        step.Map("with").Text("name")!,
                        Path.Combine(folder, step.Map("with").Text("path")!)
                    );
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

    private string Keep(string job, string artifact, string folder)
    {
        Assert.True(Directory.Exists(folder), $"job {job} has no {folder} to hand on:\n{runner.Output}");
        var kept = Path.Combine(runner.Root, "artifacts", artifact);
        JobRunner.CopyFolder(folder, kept);
        return kept;
    }

    private string Evaluate(string text, string temporary) =>
        Expression()
            .Replace(
                text,
                match =>
                    match.Groups["path"].Value.Split('.') switch
                    {
                        ["vars", var name] => Variables.GetValueOrDefault(name, ""),
                        ["secrets", var name] => Secrets.GetValueOrDefault(name, ""),
                        ["runner", "temp"] => temporary,
                        _ => throw new InvalidOperationException($"The player does not know the expression {match.Value}."),
                    }
            );

    [GeneratedRegex(@"\$\{\{ (?<path>[A-Za-z_.]+) \}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Expression();
}
