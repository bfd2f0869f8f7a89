using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>What a rehearsal itself is told; everything else is the release's own.</summary>
internal sealed partial record RehearsalParameters
{
    public const string AsArgument = "as";

    public const string UncommittedArgument = "uncommitted";

    public const string EnvironmentArgument = "rehearse-environment";

    public const string WorkflowArgument = "rehearse-workflow";

    /// <summary>Where what it leaves goes.</summary>
    public required DirectoryPath Output { get; init; }

    /// <summary>Where what all rehearsals of a script leave goes: <see cref="Output"/>, or the folder that it is in.</summary>
    public required DirectoryPath OutputOfAll { get; init; }

    /// <summary>Whether somebody said so.</summary>
    private bool IsOutputGiven { get; init; }

    /// <summary>The CI service that is played, as it was asked for.</summary>
    public RehearsedAs? As { get; init; }

    /// <summary>Whether changes that are not committed take part as if they were.</summary>
    public bool Uncommitted { get; init; }

    /// <summary>The environment (GitHub, GitLab) that the preflight and the job that publishes run in.</summary>
    public string? Environment { get; init; }

    /// <summary>The reusable workflow of GitHub that the jobs are in: <c>owner/name/.github/workflows/file.yml@ref</c>.</summary>
    public string? Workflow { get; init; }

    public static RehearsalParameters Read(ICakeContext context)
    {
        string[] known = [AsArgument, UncommittedArgument, EnvironmentArgument, WorkflowArgument];
        var unknown = context
            .Arguments.GetArguments()
            .Keys.FirstOrDefault(name => name.StartsWith("rehearse-", StringComparison.OrdinalIgnoreCase) && !known.Contains(name));
        if (unknown is not null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"--{unknown} is not an argument of a rehearsal.",
                $"Those are --output, {string.Join(", ", known.Select(name => $"--{name}"))}."
            );
        }

        string? Value(string name, string variable)
        {
            var argument = context.Arguments.HasArgument(name) ? context.Arguments.GetArgument(name) ?? "" : null;
            return argument ?? (context.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : null);
        }

        var output = context.Arguments.GetArgument("output") is { Length: > 0 } given ? given : null;
        var folder = new DirectoryPath(output ?? "artifacts/rehearsal").MakeAbsolute(context.Environment);
        return new RehearsalParameters
        {
            Output = folder,
            OutputOfAll = folder,
            IsOutputGiven = output is not null,
            As = Flavor(Value(AsArgument, "PYSIGN_REHEARSE_AS")),
            Uncommitted =
                Value(UncommittedArgument, "PYSIGN_REHEARSE_UNCOMMITTED") is { } asked
                && !asked.Equals("false", StringComparison.OrdinalIgnoreCase),
            Environment = Value(EnvironmentArgument, "PYSIGN_REHEARSE_ENVIRONMENT") is { Length: > 0 } environment ? environment : null,
            Workflow = Value(WorkflowArgument, "PYSIGN_REHEARSE_WORKFLOW") is { Length: > 0 } workflow ? Reusable(workflow) : null,
        };
    }

    /// <summary>Those of one rehearsal in a script of several projects: it has a folder of its own, unless it is the only one of the run
    /// and somebody said where it goes.</summary>
    /// <param name="name">The name of that folder.</param>
    /// <param name="isOneOfSeveral">Whether other rehearsals of the same run go to the same place.</param>
    public RehearsalParameters Of(string name, bool isOneOfSeveral) =>
        isOneOfSeveral || !IsOutputGiven ? this with { Output = OutputOfAll.Combine(name) } : this;

    private static string Reusable(string workflow) =>
        WorkflowName().IsMatch(workflow)
            ? workflow
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{workflow}' is not a reusable workflow as GitHub names it.",
                $"Write --{WorkflowArgument}=owner/name/.github/workflows/file.yml@refs/tags/v1, as job_workflow_ref does."
            );

    private static RehearsedAs? Flavor(string? asked)
    {
        if (string.IsNullOrEmpty(asked))
        {
            return null;
        }

        return
            Enum.TryParse<RehearsedAs>(asked.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var flavor)
            && Enum.IsDefined(flavor)
            ? flavor
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"A release is not rehearsed as '{asked}'.",
                $"Use --{AsArgument} (PYSIGN_REHEARSE_AS) with gitlab, gitlab-pypi, github or github-pypi."
            );
    }

    [GeneratedRegex(
        @"\A[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/\.github/workflows/[A-Za-z0-9_.-]+\.ya?ml@\S+\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex WorkflowName();
}
