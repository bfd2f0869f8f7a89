using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;

namespace Cake.PySign.Audit.Reports;

/// <summary>Writes the reports into their folder, each whole or not at all.</summary>
internal static class AuditFiles
{
    public static void Write(DirectoryPath folder, AuditReport report)
    {
        var findings = AuditFindings.Of(report);
        Directory.CreateDirectory(folder.FullPath);
        Put(folder, "audit.json", AuditJson.Write(report));
        Put(folder, "audit.sarif", AuditSarif.Write(findings));
        Put(folder, "gl-code-quality-report.json", AuditCodeQuality.Write(findings));
        Put(folder, "index.html", Encoding.UTF8.GetBytes(AuditPage.Write(report, findings)));
        Put(folder, "audit.cdx.json", AuditCycloneDx.Write(report));
    }

    private static void Put(DirectoryPath folder, string name, byte[] bytes) => AtomicFile.Write(folder.CombineWithFilePath(name), bytes);
}
