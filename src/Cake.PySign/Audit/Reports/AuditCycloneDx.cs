using System.Text.Json;
using PySign.Packaging.LockFiles;

namespace Cake.PySign.Audit.Reports;

/// <summary><c>audit.cdx.json</c> (CycloneDX 1.6): the locked packages, with where the evidence is and what was found.</summary>
internal static class AuditCycloneDx
{
    public static byte[] Write(AuditReport report) =>
        ReportJson.Write(json =>
            json.Object(() =>
            {
                json.WriteString("bomFormat", "CycloneDX");
                json.WriteString("specVersion", "1.6");
                json.WriteNumber("version", 1);
                json.Object(
                    "metadata",
                    () =>
                        json.Object(
                            "tools",
                            () =>
                                json.Array(
                                    "components",
                                    ["Cake.PySign"],
                                    name =>
                                        json.Object(() =>
                                        {
                                            json.WriteString("type", "application");
                                            json.WriteString("name", name);
                                            json.WriteString("version", typeof(AuditCycloneDx).Assembly.GetName().Version!.ToString(3));
                                        })
                                )
                        )
                );
                json.Array(
                    "components",
                    report
                        .Packages.GroupBy(static row => (row.Name, row.Version, row.IndexUrl, row.SourceKind))
                        .Select(static same => same.First()),
                    row => Component(json, row)
                );
            })
        );

    private static void Component(Utf8JsonWriter json, AuditedPackage row) =>
        json.Object(() =>
        {
            json.WriteString("type", "library");
            json.WriteString("bom-ref", Reference(row));
            json.WriteString("name", row.Name);
            json.Optional("version", row.Version is null ? null : AuditText.Shown(row.Version));
            if (row.SourceKind == LockedSourceKind.Index && row.Version is not null)
            {
                json.WriteString("purl", $"pkg:pypi/{row.Name}@{Uri.EscapeDataString(row.Version)}");
            }

            json.Array(
                "properties",
                Properties(row),
                property =>
                    json.Object(() =>
                    {
                        json.WriteString("name", "pysign:" + property.Name);
                        json.WriteString("value", AuditText.Shown(property.Value));
                    })
            );
            json.Array(
                "externalReferences",
                row.Files.Where(static file => file.ProvenanceUrl is not null && file.State == AuditState.Attested),
                file =>
                    json.Object(() =>
                    {
                        json.WriteString("type", "attestation");
                        json.WriteString("url", file.ProvenanceUrl!.AbsoluteUri);
                        json.WriteString("comment", $"{file.FileName}: {file.Publisher}");
                        if (file.Sha256 is { } sha256)
                        {
                            // Of the file that the attestation is about.
                            json.WriteStartArray("hashes");
                            json.Object(() =>
                            {
                                json.WriteString("alg", "SHA-256");
                                json.WriteString("content", sha256);
                            });
                            json.WriteEndArray();
                        }
                    })
            );
        });

    private static string Reference(AuditedPackage row) =>
        $"{row.Name}@{AuditText.Shown(row.Version)}#{AuditNames.Of(row.SourceKind)}#{row.IndexUrl?.AbsoluteUri}";

    private static IEnumerable<(string Name, string Value)> Properties(AuditedPackage row)
    {
        yield return ("attestation-state", AuditNames.Of(row.State));
        if (row.Reason != AuditReason.None)
        {
            yield return ("attestation-reason", AuditNames.Of(row.Reason));
        }

        if (row.Publisher is { } publisher)
        {
            yield return ("publisher", publisher.ToString());
        }

        foreach (var change in row.Changes)
        {
            yield return ("change", AuditNames.Of(change.Change));
        }
    }
}
