using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySign.Formats;

namespace Cake.PySign.Common.Provenance;

/// <summary>
/// SLSA provenance v1 of one distribution (slsa.dev/spec/v1.1/provenance). By itself it is level 1: the job that signs writes it. What it
/// repeats from the identity token the certificate says too, and a verifier compares; what comes from the job alone is listed as such.
/// </summary>
internal static class SlsaProvenance
{
    public const string PredicateType = "https://slsa.dev/provenance/v1";

    /// <summary>As GitHub's own attest action; verifiers know it.</summary>
    public const string GitHubBuildType = "https://actions.github.io/buildtypes/workflow/v1";

    /// <summary>GitLab has none for a signing job: its parameters are those of the GitHub type, with the project's addresses.</summary>
    public const string GitLabBuildType = "https://www.nuget.org/packages/Cake.PySign#gitlab-pipeline-v1";

    private static readonly string[] _fromTheJob = ["pysign_tools", "pysign_origin", "resolvedDependencies[1:]"];

    private static readonly JsonSerializerOptions _format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static InTotoStatement About(StatementSubject subject, BuildClaims claims, BuildFacts facts) =>
        InTotoStatement.Create([subject], PredicateType, Encoding.UTF8.GetBytes(Predicate(claims, facts).ToJsonString(_format)));

    private static JsonObject Predicate(BuildClaims claims, BuildFacts facts)
    {
        var internals = claims.Internal.DeepClone().AsObject();
        if (facts.Tools.Count > 0)
        {
            internals["pysign_tools"] = new JsonObject(
                facts
                    .Tools.OrderBy(tool => tool.Key, StringComparer.Ordinal)
                    .Select(tool => KeyValuePair.Create(tool.Key, (JsonNode?)tool.Value))
            );
        }

        if (facts.Origin.Count > 0)
        {
            internals["pysign_origin"] = new JsonObject(facts.Origin.Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value)));
        }

        internals["pysign_said_by_the_job"] = new JsonArray([.. claims.NotCertified.Concat(_fromTheJob).Select(name => (JsonNode)name)]);
        return new JsonObject
        {
            ["buildDefinition"] = new JsonObject
            {
                ["buildType"] = claims.BuildType,
                ["externalParameters"] = claims.External.DeepClone(),
                ["internalParameters"] = internals,
                ["resolvedDependencies"] = new JsonArray([Source(claims), .. facts.Tools.Where(IsPackage).Select(Package)]),
            },
            ["runDetails"] = new JsonObject
            {
                ["builder"] = new JsonObject { ["id"] = claims.Builder },
                ["metadata"] = new JsonObject { ["invocationId"] = claims.Invocation },
            },
        };
    }

    private static JsonNode Source(BuildClaims claims) =>
        new JsonObject
        {
            ["uri"] = $"git+{claims.Repository}@{claims.Ref}",
            ["digest"] = new JsonObject { ["gitCommit"] = claims.Commit },
        };

    // Names of packages of an index alone: the interpreter, this addin and a generator's free text are named among the tools.
    private static bool IsPackage(KeyValuePair<string, string> tool) =>
        tool.Key is not ("python" or "Cake.PySign" or "wheel generator")
        && (tool.Key + tool.Value).All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '!');

    private static JsonNode Package(KeyValuePair<string, string> tool) =>
        new JsonObject
        {
            ["name"] = tool.Key,
            ["uri"] = $"pkg:pypi/{tool.Key.ToLowerInvariant().Replace('_', '-')}@{Uri.EscapeDataString(tool.Value)}",
        };
}

/// <summary>What the job knows of a build beyond its token.</summary>
/// <param name="Tools">Name to version.</param>
/// <param name="Origin">Of an imported distribution: where it came from.</param>
internal sealed record BuildFacts(IReadOnlyDictionary<string, string> Tools, IReadOnlyDictionary<string, string> Origin);
