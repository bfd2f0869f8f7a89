using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Ci;

namespace Cake.PySign.Recipe.Report;

/// <summary>Writes the report: a page, JSON and Markdown in a folder, and the summary of a GitHub job.</summary>
internal static class ReleaseReportFiles
{
    // What stands in a file of ours and, early in it, in no other.
    private const string Marker = "Cake.PySign";

    private const string Page = "index.html";
    private const string Json = "release.json";
    private const string Markdown = "release.md";

    /// <summary>What would stop the report, before anything is signed.</summary>
    /// <exception cref="PySignException">Somebody's file has the name of one of the report's.</exception>
    public static void Require(Release release)
    {
        foreach (var name in new[] { Page, Json, Markdown })
        {
            Require(FolderOf(release).CombineWithFilePath(name));
        }
    }

    /// <summary>Writes what the ledger says by now.</summary>
    public static void Write(Release release)
    {
        var facts = FactsOf(release);
        var folder = FolderOf(release);
        Put(folder.CombineWithFilePath(Page), ReleasePage.Of(facts));
        Put(folder.CombineWithFilePath(Json), facts.ToJson());
        Put(folder.CombineWithFilePath(Markdown), $"<!-- {Marker} -->\n{ReleaseMarkdown.Of(facts)}");
        release.Log.Information($"Report: {folder.CombineWithFilePath(Page)}");
    }

    /// <summary>GitHub shows this file's Markdown on the page of the run.</summary>
    public static void Summarize(Release release) =>
        StepSummary.Append(release.Context.Environment, release.Log, () => ReleaseMarkdown.Of(FactsOf(release)) + "\n");

    private static DirectoryPath FolderOf(Release release) => release.Options.ReportDirectory.MakeAbsolute(release.Context.Environment);

    private static ReleaseFacts FactsOf(Release release)
    {
        var ledger = release.Dist.Store.Read();
        return ReleaseFacts.Of(ledger, ReportAddresses.Of(release, ledger));
    }

    private static void Put(FilePath path, string text)
    {
        Require(path);
        AtomicFile.Write(path, text);
    }

    // An earlier report is replaced, and nobody's file of the same name.
    private static void Require(FilePath path) =>
        OwnFile.Require(path, "--report (PYSIGN_REPORT)", path.HasExtension && path.GetExtension() == ".json" ? "\"schema\": 1" : Marker);
}
