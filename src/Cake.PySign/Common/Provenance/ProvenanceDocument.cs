using System.Text.Json;
using PySign.Formats;

namespace Cake.PySign.Common.Provenance;

/// <summary>What of provenance is named, compared or refused.</summary>
internal enum ProvenancePart
{
    /// <summary>That it is a statement of provenance at all.</summary>
    Type,

    /// <summary>Which file it is about.</summary>
    Subject,

    /// <summary>The form of the predicate (slsa.dev/spec/v1.1/provenance).</summary>
    Form,

    /// <summary>How the parameters are to be read.</summary>
    BuildType,

    /// <summary>What an outsider can set of the build.</summary>
    Parameters,

    /// <summary>Who built.</summary>
    Builder,

    /// <summary>The source repository.</summary>
    Repository,

    /// <summary>The ref.</summary>
    Ref,

    /// <summary>The commit.</summary>
    Commit,

    /// <summary>The workflow's file and ref.</summary>
    Workflow,

    /// <summary>The run or job.</summary>
    Run,

    /// <summary>What started the run.</summary>
    Event,

    /// <summary>The repository's unchanging number.</summary>
    RepositoryId,

    /// <summary>Its owner's unchanging number.</summary>
    OwnerId,

    /// <summary>Whose machine ran the job.</summary>
    Runner,
}

/// <summary>What provenance says, after it was verified.</summary>
internal sealed record VerifiedProvenance
{
    /// <summary>How the parameters are to be read.</summary>
    public required string BuildType { get; init; }

    /// <summary>The builder's id.</summary>
    public required string Builder { get; init; }

    /// <summary>The source repository.</summary>
    public required string Repository { get; init; }

    /// <summary>The ref.</summary>
    public required string Ref { get; init; }

    /// <summary>The commit.</summary>
    public required string Commit { get; init; }

    /// <summary>The workflow's path in its repository.</summary>
    public required string Workflow { get; init; }

    /// <summary>The ref of the workflow.</summary>
    public required string WorkflowRef { get; init; }

    /// <summary>What it says beyond, each where it says it: run, event, numbers, runner.</summary>
    public IReadOnlyDictionary<ProvenancePart, string> More { get; init; } = new Dictionary<ProvenancePart, string>();

    public string Identity { get; init; } = "";

    public string Issuer { get; init; } = "";

    /// <summary>What it says of a part; null where it says nothing.</summary>
    public string? this[ProvenancePart part] =>
        part switch
        {
            ProvenancePart.Repository => Repository,
            ProvenancePart.Ref => Ref,
            ProvenancePart.Commit => Commit,
            _ => More.GetValueOrDefault(part),
        };
}

/// <summary>
/// Reads SLSA provenance v1 of the two build types whose parameters are known here. As the specification asks, external parameters that are
/// not known are refused: each is something that an outsider could set.
/// </summary>
internal static class ProvenanceDocument
{
    private static readonly Dictionary<string, (string Platform, (ProvenancePart Part, string Name)[] Names)> _types = new(
        StringComparer.Ordinal
    )
    {
        [SlsaProvenance.GitHubBuildType] = (
            "github",
            [
                (ProvenancePart.Event, "event_name"),
                (ProvenancePart.RepositoryId, "repository_id"),
                (ProvenancePart.OwnerId, "repository_owner_id"),
                (ProvenancePart.Runner, "runner_environment"),
            ]
        ),
        [SlsaProvenance.GitLabBuildType] = (
            "gitlab",
            [
                (ProvenancePart.Event, "pipeline_source"),
                (ProvenancePart.RepositoryId, "project_id"),
                (ProvenancePart.OwnerId, "namespace_id"),
                (ProvenancePart.Runner, "runner_environment"),
            ]
        ),
    };

    /// <summary>Where a document of this type says a part that the platform's own parameters or the run's description hold.</summary>
    public static string NameOf(string buildType, ProvenancePart part)
    {
        var (platform, names) = _types[buildType];
        return part == ProvenancePart.Run ? "runDetails.metadata.invocationId" : $"{platform}.{names.First(one => one.Part == part).Name}";
    }

    /// <exception cref="ProvenanceException">It is not such provenance.</exception>
    public static VerifiedProvenance Read(InTotoStatement statement)
    {
        try
        {
            var predicate = statement.Predicate ?? throw new KeyNotFoundException("predicate");
            var build = predicate.GetProperty("buildDefinition");
            var type = Text(build, "buildType");
            if (!_types.TryGetValue(type, out var known))
            {
                throw new ProvenanceException(
                    ProvenancePart.BuildType,
                    $"one of the build types {string.Join(" and ", _types.Keys)}",
                    type
                );
            }

            var external = build.GetProperty("externalParameters");
            var workflow = external.GetProperty("workflow");
            RequireMembers(external, "workflow");
            RequireMembers(workflow, "ref", "repository", "path");
            var repository = Text(workflow, "repository");
            var (reference, commit) = Source(build.GetProperty("resolvedDependencies"), repository);
            var details = predicate.GetProperty("runDetails");
            return new VerifiedProvenance
            {
                BuildType = type,
                Builder = Text(details.GetProperty("builder"), "id"),
                Repository = repository,
                Ref = reference,
                Commit = commit,
                Workflow = Text(workflow, "path"),
                WorkflowRef = Text(workflow, "ref"),
                More = More(build, details, known),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new ProvenanceException(ProvenancePart.Form, "provenance with workflow, source and builder", "another document", e);
        }
    }

    // The first is the source (the contract of GitHub's builders, which slsa-verifier relies on too). Another commit of the same repository
    // beside it would let each reader choose.
    private static (string Ref, string Commit) Source(JsonElement dependencies, string repository)
    {
        var prefix = $"git+{repository}@";
        var uri = Text(dependencies[0], "uri");
        if (!uri.StartsWith(prefix, StringComparison.Ordinal) || uri.Length == prefix.Length)
        {
            throw new ProvenanceException(ProvenancePart.Repository, $"a source below {prefix}", uri);
        }

        var commit = Commit(dependencies[0]);
        foreach (var other in dependencies.EnumerateArray().Skip(1))
        {
            if (Optional(other, "uri") is { } address && IsOf(repository, address) && Commit(other) != commit)
            {
                throw new ProvenanceException(ProvenancePart.Commit, $"one commit of {repository}, {commit}", Commit(other));
            }
        }

        return (uri[prefix.Length..], commit);
    }

    // With and without .git and a slash, as git takes them; owner/name-plugin and group/name/sub are other repositories. Hosts of
    // repositories do not tell upper from lower case.
    private static bool IsOf(string repository, string uri)
    {
        var prefix = $"git+{repository}";
        if (!uri.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = uri.AsSpan(prefix.Length);
        var end = rest.IndexOfAny("@#?");
        var more = (end < 0 ? rest : rest[..end]).TrimEnd('/');
        return more.IsEmpty || more.Equals(".git", StringComparison.OrdinalIgnoreCase);
    }

    private static string Commit(JsonElement source) => Text(source.GetProperty("digest"), "gitCommit");

    private static Dictionary<ProvenancePart, string> More(
        JsonElement build,
        JsonElement details,
        (string Platform, (ProvenancePart Part, string Name)[] Names) known
    )
    {
        var more = new Dictionary<ProvenancePart, string>();
        if (Given(details, "metadata") is { } metadata && Optional(metadata, "invocationId") is { } run)
        {
            more[ProvenancePart.Run] = run;
        }

        if (Given(build, "internalParameters") is { } parameters && Given(parameters, known.Platform) is { } platform)
        {
            foreach (var (part, name) in known.Names)
            {
                if (Optional(platform, name) is { } text)
                {
                    more[part] = text;
                }
            }
        }

        return more;
    }

    private static void RequireMembers(JsonElement element, params string[] names)
    {
        foreach (var member in element.EnumerateObject().Where(member => !names.Contains(member.Name, StringComparer.Ordinal)))
        {
            throw new ProvenanceException(ProvenancePart.Parameters, "no other external parameters than workflow", member.Name);
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new KeyNotFoundException(name);

    private static string? Optional(JsonElement element, string name) => Given(element, name)?.GetString();

    // Null is absent, says SLSA.
    private static JsonElement? Given(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
