using Cake.Core.IO;
using Cake.PySign.Common;

namespace Cake.PySign.Recipe.Report;

/// <summary>Writes the report: a page, JSON and Markdown in a folder, and the summary of a GitHub job.</summary>
internal static class ReleaseReportFiles
{
    // What stands in a file of ours and, early in it, in no other.
    private const string Marker = "Cake.PySign";

    /// <summary>Writes what the ledger says by now.</summary>
    public static void Write(Release release)
    {
        var facts = FactsOf(release);
        var folder = release.Options.Report.MakeAbsolute(release.Context.Environment);
        Directory.CreateDirectory(folder.FullPath);
        Put(folder.CombineWithFilePath("index.html"), ReleasePage.Of(facts));
        Put(folder.CombineWithFilePath("release.json"), facts.ToJson());
        Put(folder.CombineWithFilePath("release.md"), $"<!-- {Marker} -->\n{ReleaseMarkdown.Of(facts)}");
        release.Log.Information($"Report: {folder.CombineWithFilePath("index.html")}");
    }

    /// <summary>GitHub shows this file's Markdown on the page of the run.</summary>
    public static void Summarize(Release release)
    {
        if (release.Context.Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is { Length: > 0 } file)
        {
            var text = ReleaseMarkdown.Of(FactsOf(release));
            File.AppendAllText(file, release.Log.Redactor.Redact(text) + "\n");
        }
    }

    private static ReleaseFacts FactsOf(Release release)
    {
        var ledger = release.Dist.Store.Read();
        return ReleaseFacts.Of(ledger, ReportAddresses.Of(release, ledger));
    }

    // An earlier report is replaced, and nobody's file of the same name.
    private static void Put(FilePath path, string text)
    {
        var file = new FileInfo(path.FullPath);
        if (file.LinkTarget is not null || (file.Exists && !IsOwn(path)))
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{path}' is there and is not a report of this recipe.",
                "Name another folder with --report (PYSIGN_REPORT), or move the file away."
            );
        }

        AtomicFile.Write(path, text);
    }

    private static bool IsOwn(FilePath path)
    {
        using var reader = new StreamReader(path.FullPath);
        var start = new char[4096];
        var read = reader.ReadBlock(start);
        return new string(start, 0, read) is var text
            && (
                text.Contains(Marker, StringComparison.Ordinal)
                || (text.StartsWith('{') && text.Contains("\"schema\": 1", StringComparison.Ordinal))
            );
    }
}
