using System.Globalization;
using System.Text.Json;

namespace Cake.PySign.Audit.Reports;

/// <summary><c>audit.json</c>: everything that was found (docs/schemas/audit-1.schema.json). Without times of the run, so that the same
/// input gives the same bytes.</summary>
internal static class AuditJson
{
    public static byte[] Write(AuditReport report) =>
        ReportJson.Write(json =>
            json.Object(() =>
            {
                json.WriteNumber("schema", 1);
                json.WriteBoolean("satisfied", report.IsSatisfied);
                json.Object("summary", () => Summary(json, report));
                json.Array("locks", report.Locks, one => Lock(json, one));
                json.Array("silentIndexes", report.SilentIndexes, index => json.WriteStringValue(index.AbsoluteUri));
                json.Array("policyErrors", report.PolicyErrors, json.WriteStringValue);
                json.Array("policyRemarks", report.PolicyRemarks, json.WriteStringValue);
                json.Array("packages", report.Packages, row => json.Object(() => Package(json, row)));
            })
        );

    /// <summary>A publisher in the form of the memory file.</summary>
    public static void Publisher(Utf8JsonWriter json, AuditedPublisher? publisher)
    {
        if (publisher is null)
        {
            return;
        }

        json.Object(
            "publisher",
            () =>
            {
                json.WriteString("kind", publisher.Kind);
                json.Optional("repository", publisher.Repository);
                json.Optional("workflow", publisher.Workflow);
                json.Optional("environment", publisher.Environment is { Length: > 0 } environment ? environment : null);
                json.Optional("email", publisher.Email);
            }
        );
    }

    /// <summary>An attestation that was verified, or with no time one that was only read.</summary>
    public static void Attestation(Utf8JsonWriter json, AuditedAttestation one) =>
        json.Object(() =>
        {
            json.WriteString("predicateType", one.PredicateType);
            json.WriteString("identity", one.Identity);
            json.WriteString("issuer", one.Issuer);
            json.Optional("loggedAt", Time(one.LoggedAt));
            json.Object(
                "claims",
                () =>
                {
                    foreach (var (name, value) in one.Claims)
                    {
                        json.WriteString(name, value);
                    }
                }
            );
        });

    public static string? Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Summary(Utf8JsonWriter json, AuditReport report)
    {
        json.WriteNumber("packages", report.Packages.Count);
        json.WriteNumber("failures", report.Failures.Count);
        json.Object(
            "states",
            () =>
            {
                foreach (var state in Enum.GetValues<AuditState>())
                {
                    json.WriteNumber(AuditNames.Of(state), report.Packages.Count(row => row.State == state));
                }
            }
        );
        json.Object(
            "changes",
            () =>
            {
                foreach (var change in Enum.GetValues<AuditChange>())
                {
                    json.WriteNumber(AuditNames.Of(change), report.Packages.Count(row => row.Changes.Any(one => one.Change == change)));
                }
            }
        );
    }

    private static void Lock(Utf8JsonWriter json, AuditedLock one) =>
        json.Object(() =>
        {
            json.WriteString("path", AuditText.Shown(one.LockFile));
            json.WriteString("kind", AuditNames.Of(one.Kind));
            json.WriteNumber("packages", one.PackageCount);
            json.Array("remarks", one.Remarks, json.WriteStringValue);
        });

    private static void Package(Utf8JsonWriter json, AuditedPackage row)
    {
        json.WriteString("lock", AuditText.Shown(row.LockFile));
        json.WriteNumber("line", row.Line);
        json.WriteString("name", row.Name);
        json.Optional("version", row.Version is null ? null : AuditText.Shown(row.Version));
        json.WriteString("source", AuditNames.Of(row.SourceKind));
        json.Optional("index", row.IndexUrl?.AbsoluteUri);
        if (row.IsIndexAssumed)
        {
            json.WriteBoolean("indexAssumed", true);
        }

        json.Array("groups", row.Groups, group => json.WriteStringValue(AuditText.Shown(group)));
        json.WriteString("state", AuditNames.Of(row.State));
        Reason(json, row.Reason, row.Explanation);
        Publisher(json, row.Publisher);
        json.Array("changes", row.Changes, change => json.Object(() => Change(json, change)));
        json.WriteString("mode", AuditNames.Of(row.Mode));
        json.WriteBoolean("satisfied", row.IsSatisfied);
        json.WriteBoolean("fails", row.IsFailure);
        json.Array("unmet", row.Unmet, text => json.WriteStringValue(AuditText.Shown(text)));
        json.Optional("exception", row.ExceptionReason is null ? null : AuditText.Shown(row.ExceptionReason));
        json.Optional("yanked", row.YankedReason is null ? null : AuditText.Shown(row.YankedReason));
        if (row.Before is { } before)
        {
            json.Object(
                "before",
                () =>
                {
                    json.WriteString("state", AuditNames.Of(before.State));
                    json.WriteString("at", Time(before.At));
                }
            );
        }

        json.Array("files", row.Files, file => json.Object(() => File(json, file)));
    }

    private static void Change(Utf8JsonWriter json, AuditedChange change)
    {
        json.WriteString("change", AuditNames.Of(change.Change));
        json.WriteString("detail", AuditText.Shown(change.Explanation));
    }

    private static void File(Utf8JsonWriter json, AuditedFile file)
    {
        json.Optional("name", file.FileName);
        json.Optional("sha256", file.Sha256);
        json.WriteNumber("line", file.Line);
        if (!file.IsPinned)
        {
            json.WriteBoolean("pinned", false);
        }

        json.WriteString("state", AuditNames.Of(file.State));
        Reason(json, file.Reason, file.Explanation);
        Publisher(json, file.Publisher);
        json.Optional("provenance", file.ProvenanceUrl?.AbsoluteUri);
        json.Array("attestations", file.Attestations, one => Attestation(json, one));
    }

    private static void Reason(Utf8JsonWriter json, AuditReason reason, string? detail)
    {
        json.Optional("reason", reason == AuditReason.None ? null : AuditNames.Of(reason));
        json.Optional("detail", detail is null ? null : AuditText.Shown(detail));
    }
}
