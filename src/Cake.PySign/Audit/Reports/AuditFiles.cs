using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;

namespace Cake.PySign.Audit.Reports;

/// <summary>Writes the reports into their folder, each whole or not at all.</summary>
internal static class AuditFiles
{
    private const string Json = "audit.json";
    private const string CodeQuality = "gl-code-quality-report.json";
    private const string Ours = "Cake.PySign";

    /// <summary>Refuses a folder in which a file of one of the reports' names is somebody else's.</summary>
    /// <exception cref="PySignException">There is one.</exception>
    public static void Require(DirectoryPath folder)
    {
        const string Setting = "ReportDirectory (--audit-report, PYSIGN_AUDIT_REPORT)";
        var report = folder.CombineWithFilePath(Json);
        OwnFile.Require(report, Setting, "\"schema\": 1");
        foreach (var name in new[] { "audit.sarif", "index.html", "audit.cdx.json" })
        {
            OwnFile.Require(folder.CombineWithFilePath(name), Setting, Ours);
        }

        // This form has no place for a name; beside a report of ours it is of the same audit.
        OwnFile.Require(folder.CombineWithFilePath(CodeQuality), Setting, File.Exists(report.FullPath) ? "[" : Ours);
    }

    public static void Write(DirectoryPath folder, AuditReport report)
    {
        var findings = AuditFindings.Of(report);
        Put(folder, Json, AuditJson.Write(report));
        Put(folder, "audit.sarif", AuditSarif.Write(findings));
        Put(folder, CodeQuality, AuditCodeQuality.Write(findings));
        Put(folder, "index.html", Encoding.UTF8.GetBytes(AuditPage.Write(report, findings)));
        Put(folder, "audit.cdx.json", AuditCycloneDx.Write(report));
    }

    private static void Put(DirectoryPath folder, string name, byte[] bytes) => AtomicFile.Write(folder.CombineWithFilePath(name), bytes);
}
