using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>
/// The attestations of an upload (PEP 740), as far as a registry without a Sigstore client can judge them: their shape, their subject and
/// their number. Signatures are not verified here.
/// </summary>
internal static class PyPiAttestations
{
    private static readonly string[] _known = ["https://docs.pypi.org/attestations/publish/v1", "https://slsa.dev/provenance/v1"];

    /// <returns>What is wrong, or the provenance object that is served for the file.</returns>
    public static (string? Problem, JsonElement? Provenance) Read(string text, PyPiPublisher? publisher, string fileName, string sha256)
    {
        if (publisher is null)
        {
            return ("Attestations are only supported when using Trusted Publishing", null);
        }

        JsonArray attestations;
        var types = new List<string>();
        try
        {
            attestations = JsonNode.Parse(text) as JsonArray ?? throw new JsonException("not an array");
            foreach (var attestation in attestations)
            {
                var statement = JsonNode.Parse(
                    Encoding.UTF8.GetString(Convert.FromBase64String(attestation!["envelope"]!["statement"]!.GetValue<string>()))
                )!;
                var subject = statement["subject"]!.AsArray().Single()!;
                if (subject["name"]!.GetValue<string>() != fileName || subject["digest"]!["sha256"]!.GetValue<string>() != sha256)
                {
                    return (
                        "Could not verify the uploaded artifact using the included attestation: subject does not match distribution",
                        null
                    );
                }

                types.Add(statement["predicateType"]!.GetValue<string>());
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            return ($"Malformed attestations: {e.GetType().Name}", null);
        }

        return Refuse(attestations, types) is { } problem ? (problem, null) : (null, Served(attestations, publisher));
    }

    private static string? Refuse(JsonArray attestations, List<string> types)
    {
        if (attestations.Count > 2)
        {
            return "Malformed attestations: at most two attestations per file are supported";
        }

        if (attestations.Count == 0)
        {
            return "Malformed attestations: an empty attestation set is not permitted";
        }

        if (types.Find(type => !_known.Contains(type)) is { } unknown)
        {
            return $"Attestation with unsupported predicate type: {unknown}";
        }

        return types.Distinct(StringComparer.Ordinal).Count() < types.Count
            ? "Multiple attestations for the same file with the same predicate type are not supported"
            : null;
    }

    /// <summary>The provenance object (PEP 740) that is served for the file.</summary>
    private static JsonElement Served(JsonArray attestations, PyPiPublisher publisher) =>
        JsonSerializer.SerializeToElement(
            new JsonObject
            {
                ["version"] = 1,
                ["attestation_bundles"] = new JsonArray(
                    new JsonObject
                    {
                        ["publisher"] = new JsonObject
                        {
                            ["kind"] = publisher.Kind,
                            ["repository"] = publisher.Repository,
                            [publisher.Kind == "GitLab" ? "workflow_filepath" : "workflow"] = publisher.Workflow,
                            ["environment"] = publisher.Environment,
                        },
                        ["attestations"] = attestations.DeepClone(),
                    }
                ),
            }
        );
}
