namespace Cake.PySign.Audit.Reports;

/// <summary><c>gl-code-quality-report.json</c> for the merge request widget of GitLab, which every tier has.</summary>
internal static class AuditCodeQuality
{
    public static byte[] Write(IReadOnlyList<AuditFinding> findings) =>
        ReportJson.Write(json =>
        {
            json.WriteStartArray();
            foreach (
                var finding in findings
                    .Where(static one => one.Exception is null)
                    .DistinctBy(AuditSarif.Fingerprint, StringComparer.Ordinal)
            )
            {
                json.Object(() =>
                {
                    json.WriteString("description", finding.Text);
                    json.WriteString("check_name", finding.Rule);
                    json.WriteString("fingerprint", AuditSarif.Fingerprint(finding));
                    json.WriteString(
                        "severity",
                        finding.Level switch
                        {
                            FindingLevel.Error => "major",
                            FindingLevel.Warning => "minor",
                            _ => "info",
                        }
                    );
                    json.Object(
                        "location",
                        () =>
                        {
                            json.WriteString("path", finding.LockFile);
                            json.Object("lines", () => json.WriteNumber("begin", Math.Max(1, finding.Line)));
                        }
                    );
                });
            }

            json.WriteEndArray();
        });
}
