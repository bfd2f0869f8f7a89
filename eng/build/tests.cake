// Runs every test project one after the other and counts what the result files say: a project without a result file is a failure.
using System.Xml.Linq;

void RunTests(string configuration, DirectoryPath results, string filter)
{
    CleanDirectory(results);
    var (passed, failed, skipped) = (0, 0, 0);
    var broken = new List<string>();
    foreach (var project in GetFiles("tests/*.Tests/*.Tests.csproj").OrderBy(f => f.FullPath, StringComparer.Ordinal))
    {
        var name = project.GetFilenameWithoutExtension().ToString();
        var arguments = new ProcessArgumentBuilder().Append("test").AppendQuoted(project.FullPath)
            .Append("--no-build").Append("--configuration").Append(configuration)
            .Append("--logger").AppendQuoted($"trx;LogFileName={name}.trx").Append("--results-directory").AppendQuoted(results.FullPath);
        if (filter.Length > 0)
        {
            arguments.Append("--filter").AppendQuoted(filter);
        }

        var exit = StartProcess("dotnet", new ProcessSettings { Arguments = arguments });
        var file = results.CombineWithFilePath(name + ".trx");
        if (!FileExists(file))
        {
            broken.Add($"{name} left no results (exit code {exit})");
            continue;
        }

        var outcomes = XDocument.Load(file.FullPath).Descendants().Where(e => e.Name.LocalName == "UnitTestResult")
            .Select(e => (string)e.Attribute("outcome")).ToList();
        passed += outcomes.Count(o => o == "Passed");
        skipped += outcomes.Count(o => o == "NotExecuted");
        failed += outcomes.Count(o => o is not ("Passed" or "NotExecuted"));
        if (exit != 0 && outcomes.All(o => o is "Passed" or "NotExecuted"))
        {
            broken.Add($"{name} ended with exit code {exit}");
        }
    }

    failed += broken.Count;
    var summary = $"{passed} passed, {failed} failed, {skipped} skipped";
    System.IO.File.WriteAllText(results.CombineWithFilePath("summary.txt").FullPath, summary + "\n");
    Information("{0}", summary);
    if (failed > 0 || passed == 0)
    {
        throw new CakeException($"Tests: {summary}. {string.Join("; ", broken)}");
    }
}
