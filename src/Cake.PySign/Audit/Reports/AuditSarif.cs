using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cake.PySign.Audit.Reports;

/// <summary><c>audit.sarif</c> (SARIF 2.1.0): one result a package and cause, at the line of the lock file.</summary>
internal static class AuditSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    // Beyond these, code scanning refuses or cuts.
    private const int MostResults = 5000;
    private const int LongestText = 1000;

    private static readonly (string Id, string Text, string Severity)[] _rules =
    [
        (AuditNames.Of(AuditState.PartlyAttested), "Not every locked file of a dependency has an attestation.", "4.0"),
        (AuditNames.Of(AuditState.Unattested), "A dependency has no attestations.", "3.0"),
        (AuditNames.Of(AuditState.Unverifiable), "What is served for a dependency does not verify.", "8.5"),
        (AuditNames.Of(AuditState.Unjudged), "A dependency comes from where nothing can be judged.", "3.0"),
        (AuditNames.Of(AuditState.IndexWithoutAttestations), "An index says nothing about attestations.", "3.0"),
        (AuditNames.Of(AuditState.Unknown), "An index could not be asked.", "3.0"),
        (AuditNames.Of(AuditState.Attested), "A dependency's attestation does not say what the policy asks for.", "6.0"),
        (AuditNames.Of(AuditChange.AttestationLost), "A dependency lost its attestations.", "8.0"),
        (AuditNames.Of(AuditChange.PublisherChanged), "A dependency is published by somebody else.", "8.5"),
        (AuditNames.Of(AuditChange.WorkflowChanged), "A dependency is published by another workflow.", "6.0"),
        (AuditNames.Of(AuditChange.RepositoryMoved), "A dependency's repository has another owner or spelling.", "6.0"),
        (AuditNames.Of(AuditChange.FewerFiles), "Fewer files of a dependency are attested than before.", "6.0"),
        (AuditNames.Of(AuditChange.NewUnattested), "A new dependency has no attestations.", "4.0"),
        (AuditNames.Of(AuditChange.BeforeFirstAttested), "A dependency is older than its first attested version.", "4.0"),
        ("exception-expired", "An exception of the policy has ended.", "3.0"),
    ];

    public static byte[] Write(IReadOnlyList<AuditFinding> findings) =>
        ReportJson.Write(json =>
            json.Object(() =>
            {
                json.WriteString("$schema", Schema);
                json.WriteString("version", "2.1.0");
                json.WriteStartArray("runs");
                json.Object(() =>
                {
                    json.Object("tool", () => json.Object("driver", () => Driver(json)));
                    json.Object("automationDetails", () => json.WriteString("id", "pysign-audit/"));
                    json.WriteString("columnKind", "utf16CodeUnits");
                    json.Array("results", findings.Take(MostResults), finding => Result(json, finding));
                });
                json.WriteEndArray();
            })
        );

    /// <summary>What stays the same when lines move.</summary>
    public static string Fingerprint(AuditFinding finding) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    $"{finding.Rule}\n{finding.LockFile}\n{finding.Package}\n{(finding.Package.Length == 0 ? finding.Text : "")}"
                )
            )
        )[..32];

    private static void Driver(Utf8JsonWriter json)
    {
        json.WriteString("name", "Cake.PySign audit");
        json.WriteString("semanticVersion", typeof(AuditSarif).Assembly.GetName().Version!.ToString(3));
        json.Array(
            "rules",
            _rules,
            rule =>
                json.Object(() =>
                {
                    json.WriteString("id", rule.Id);
                    json.WriteString("name", rule.Id);
                    json.Object("shortDescription", () => json.WriteString("text", rule.Text));
                    json.Object("fullDescription", () => json.WriteString("text", rule.Text));
                    json.Object("help", () => json.WriteString("text", $"{rule.Text} docs/dependencies-audit.md says what to do."));
                    json.Object("defaultConfiguration", () => json.WriteString("level", "warning"));
                    json.Object(
                        "properties",
                        () =>
                        {
                            json.Array("tags", ["security", "supply-chain"], json.WriteStringValue);
                            json.WriteString("precision", "high");
                            json.WriteString("security-severity", rule.Severity);
                        }
                    );
                })
        );
    }

    private static void Result(Utf8JsonWriter json, AuditFinding finding) =>
        json.Object(() =>
        {
            json.WriteString("ruleId", finding.Rule);
            json.WriteNumber("ruleIndex", Array.FindIndex(_rules, rule => rule.Id == finding.Rule));
            json.WriteString(
                "level",
                finding.Level switch
                {
                    FindingLevel.Error => "error",
                    FindingLevel.Warning => "warning",
                    _ => "note",
                }
            );
            json.Object("message", () => json.WriteString("text", Cut(finding.Text)));
            json.WriteStartArray("locations");
            json.Object(() =>
                json.Object(
                    "physicalLocation",
                    () =>
                    {
                        json.Object("artifactLocation", () => json.WriteString("uri", Address(finding.LockFile)));
                        json.Object("region", () => json.WriteNumber("startLine", Math.Max(1, finding.Line)));
                    }
                )
            );
            json.WriteEndArray();
            json.Object("partialFingerprints", () => json.WriteString("pysignAudit/v1", Fingerprint(finding)));
            if (finding.Exception is { } reason)
            {
                json.WriteStartArray("suppressions");
                json.Object(() =>
                {
                    json.WriteString("kind", "external");
                    json.WriteString("justification", AuditText.Shown(reason));
                });
                json.WriteEndArray();
            }
        });

    // Relative to the repository's root, percent-encoded.
    private static string Address(string path)
    {
        var relative = string.Join('/', path.TrimStart('/').Split('/').Select(Uri.EscapeDataString));
        return relative.Length > 0 ? relative : "pysign-dependencies.toml";
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "...";
}
