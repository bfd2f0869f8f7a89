// Runs the test projects, two at a time, and counts what the result files say: a project without a result file is a failure.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

record TestOutcome(string Project, string Name, string Outcome, TimeSpan Time);

record TestRun(string Project, int Exit, TimeSpan Time, IReadOnlyList<string> Lines, bool LeftResults, IReadOnlyList<TestOutcome> Outcomes);

// The longest first, so that both lanes end at about the same time; these two wait for other programs and leave a core to each other.
string[] slowestProjects = ["Cake.PySign.Tests", "PySign.Interop.Tests", "PySign.Sigstore.Tests"];

void SetUpTests()
{
    BringPeers();
    SetUpPython(
        ["samples/hello-pysign", .. GetDirectories(".tools/peers/projects/*").Select(directory => directory.FullPath)],
        ("pytest", "python3-pytest"), ("hatchling", "python3-hatchling"), ("flit_core", "flit"), ("poetry.core", "python3-poetry-core"),
        ("setuptools_scm", "python3-setuptools-scm"));
}

// Without them the tests that compare with them are skipped.
void BringPeers()
{
    if (!IsRunningOnLinux())
    {
        Information("The peers come from Debian packages: the tests that compare with them are skipped here.");
        return;
    }

    if (StartProcess("bash", new ProcessSettings { Arguments = "eng/peers.sh" }) is not 0 and var exit)
    {
        Warning("eng/peers.sh ended with exit code {0}: the tests that compare with what it did not bring are skipped.", exit);
    }
}

void RunTests(string configuration, DirectoryPath results, string filter, int lanes)
{
    CleanDirectory(results);
    var projects = GetFiles("tests/*.Tests/*.Tests.csproj")
        .OrderBy(file => Array.IndexOf(slowestProjects, Name(file)) is >= 0 and var place ? place : slowestProjects.Length)
        .ThenBy(file => file.FullPath, StringComparer.Ordinal);
    var waiting = new ConcurrentQueue<FilePath>(projects);
    var runs = new ConcurrentBag<TestRun>();
    var workers = Enumerable.Range(0, Math.Max(lanes, 1)).Select(_ => System.Threading.Tasks.Task.Run(() =>
    {
        while (waiting.TryDequeue(out var project))
        {
            var run = RunTestProject(project, configuration, results, filter);
            runs.Add(run);
            lock (waiting)
            {
                Show(run);
            }
        }
    }));
    System.Threading.Tasks.Task.WaitAll(workers.ToArray());
    Summarize(runs.OrderBy(run => run.Project, StringComparer.Ordinal).ToList(), results);
}

// A test project is a program: started as one it needs neither MSBuild nor VSTest, which take longer than the tests of the smaller ones.
TestRun RunTestProject(FilePath project, string configuration, DirectoryPath results, string filter)
{
    var name = Name(project);
    var file = results.CombineWithFilePath(name + ".trx");
    var program = project.GetDirectory().CombineWithFilePath($"bin/{configuration}/net10.0/{name}.dll");
    var arguments = new ProcessArgumentBuilder().AppendQuoted(program.FullPath)
        .Append("-trx").AppendQuoted(file.FullPath).Append("-noLogo").Append("-noColor");
    if (filter.Length > 0)
    {
        arguments.Append("-method").AppendQuoted($"*{filter}*");
    }

    var clock = Stopwatch.StartNew();
    var settings = new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true, RedirectStandardError = true };
    var exit = StartProcess("dotnet", settings, out var output, out var errors);
    return new TestRun(name, exit, clock.Elapsed, [.. output, .. errors], FileExists(file), FileExists(file) ? ReadOutcomes(name, file) : []);
}

List<TestOutcome> ReadOutcomes(string project, FilePath file) =>
    [.. XDocument.Load(file.FullPath).Descendants().Where(e => e.Name.LocalName == "UnitTestResult").Select(e => new TestOutcome(
            project,
            (string)e.Attribute("testName"),
            (string)e.Attribute("outcome"),
            TimeSpan.TryParse((string)e.Attribute("duration"), CultureInfo.InvariantCulture, out var time) ? time : TimeSpan.Zero))];

void Show(TestRun run)
{
    foreach (var line in run.Lines)
    {
        Information("{0}", line);
    }

    Information("{0}: {1} tests in {2:0} s", run.Project, run.Outcomes.Count, run.Time.TotalSeconds);
}

void Summarize(IReadOnlyList<TestRun> runs, DirectoryPath results)
{
    var outcomes = runs.SelectMany(run => run.Outcomes).ToList();
    var slowest = outcomes.OrderByDescending(one => one.Time).Take(20)
        .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Time.TotalSeconds,6:0.0} s  {one.Name}")).ToList();
    System.IO.File.WriteAllLines(results.CombineWithFilePath("slowest.txt").FullPath, slowest);
    Information("The slowest tests:\n{0}", string.Join("\n", slowest));
    foreach (var run in runs)
    {
        Information("{0,-24} {1,5} tests {2,5:0} s", run.Project, run.Outcomes.Count, run.Time.TotalSeconds);
    }

    var broken = runs.Where(run => !run.LeftResults).Select(run => $"{run.Project} left no results (exit code {run.Exit})")
        .Concat(runs.Where(run => run.LeftResults && run.Exit != 0 && run.Outcomes.All(IsFine)).Select(run => $"{run.Project} ended with exit code {run.Exit}"))
        .ToList();
    var passed = outcomes.Count(one => one.Outcome == "Passed");
    var failed = outcomes.Count(one => !IsFine(one)) + broken.Count;
    var summary = $"{passed} passed, {failed} failed, {outcomes.Count(one => one.Outcome == "NotExecuted")} skipped";
    System.IO.File.WriteAllText(results.CombineWithFilePath("summary.txt").FullPath, summary + "\n");
    Information("{0}", summary);
    if (failed > 0 || passed == 0)
    {
        throw new CakeException($"Tests: {summary}. {string.Join("; ", broken)}");
    }
}

bool IsFine(TestOutcome one) => one.Outcome is "Passed" or "NotExecuted";

string Name(FilePath project) => project.GetFilenameWithoutExtension().ToString();
