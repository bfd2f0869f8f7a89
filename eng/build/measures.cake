// Coverage by room, mutation scores by folder, fuzzers' executions: what the tests are worth, measured.

void MeasureCoverage(string configuration, DirectoryPath output, string filter, IEnumerable<string> projects)
{
    CleanDirectory(output);
    var build = new DotNetBuildSettings { Configuration = configuration, Verbosity = DotNetVerbosity.Quiet, NoLogo = true, MSBuildSettings = new DotNetMSBuildSettings().WithProperty("Coverage", "true").WithProperty("RunAnalyzers", "false") };
    DotNetBuild("Cake.PySign.sln", build);
    foreach (var project in GetFiles("tests/*.Tests/*.Tests.csproj").Where(file => !projects.Any() || projects.Contains(Name(file))))
    {
        var arguments = new ProcessArgumentBuilder().Append("test").AppendQuoted(project.FullPath).Append("--no-build").Append("--configuration").Append(configuration)
            .Append("-p:Coverage=true").Append("--collect").AppendQuoted("XPlat Code Coverage").Append("--results-directory").AppendQuoted(output.Combine(Name(project)).FullPath);
        if (filter.Length > 0)
        {
            arguments.Append("--filter").AppendQuoted(filter);
        }

        StartProcess("dotnet", new ProcessSettings { Arguments = arguments });
    }

    // A line counts once, whichever project's tests came there.
    var lines = new Dictionary<(string File, int Line), bool>();
    foreach (var report in GetFiles(output.FullPath + "/**/coverage.cobertura.xml"))
    {
        foreach (var type in XDocument.Load(report.FullPath).Descendants("class"))
        {
            var file = ((string)type.Attribute("filename")).Replace('\\', '/');
            var at = file.LastIndexOf("src/", StringComparison.Ordinal);
            foreach (var line in at < 0 || file.Contains("/obj/", StringComparison.Ordinal) ? [] : type.Element("lines")?.Elements("line") ?? [])
            {
                var key = (file[(at + 4)..], (int)line.Attribute("number"));
                lines[key] = lines.GetValueOrDefault(key) || (int)line.Attribute("hits") > 0;
            }
        }
    }

    var rooms = lines.GroupBy(line => string.Join('/', line.Key.File.Split('/').SkipLast(1).Take(2))).OrderBy(room => room.Key, StringComparer.Ordinal);
    var rows = rooms.Select(room => string.Create(CultureInfo.InvariantCulture, $"{room.Key,-40} {room.Count(line => line.Value),6} of {room.Count(),6} lines {100.0 * room.Count(line => line.Value) / room.Count(),6:0.0} %")).ToList();
    rows.Add(string.Create(CultureInfo.InvariantCulture, $"{"all",-40} {lines.Count(line => line.Value),6} of {lines.Count,6} lines {100.0 * lines.Count(line => line.Value) / Math.Max(lines.Count, 1),6:0.0} %"));
    System.IO.File.WriteAllLines(output.CombineWithFilePath("rooms.txt").FullPath, rows);
    Information("{0}", string.Join("\n", rows));
}

void Mutate(IEnumerable<string> folders, DirectoryPath output)
{
    foreach (var folder in folders.Select(folder => folder.Trim()))
    {
        var engine = DirectoryExists($"src/PySign.Sigstore/{folder}") ? "PySign.Sigstore" : "PySign.Packaging";
        if (!DirectoryExists($"src/{engine}/{folder}"))
        {
            throw new CakeException($"There is no src/PySign.Sigstore/{folder} and no src/PySign.Packaging/{folder}.");
        }

        // A mutant meets the tests of its own folder: with all of them, finding out which test reaches which takes an hour.
        // VSTest's capture of coverage fails with xunit.v3; the tests' own platform has it.
        var arguments = new ProcessArgumentBuilder().Append("stryker").Append("--test-runner").Append("mtp")
            .Append("--project").Append(engine + ".csproj").Append("--configuration").Append("Release")
            .Append("--config-file").AppendQuoted("../../eng/stryker-config.json").Append("--mutate").AppendQuoted($"{folder}/**/*.cs")
            .Append("--reporter").Append("cleartext").Append("--reporter").Append("json").Append("--reporter").Append("html")
            .Append("--output").AppendQuoted(output.Combine(folder).FullPath);
        var environment = new Dictionary<string, string> { ["MutatedFolder"] = folder, ["RunAnalyzers"] = "false" };
        var tests = $"tests/{engine}.Tests";
        var settings = new ProcessSettings { Arguments = arguments, WorkingDirectory = tests, EnvironmentVariables = environment };
        var exit = StartProcess("dotnet", settings);
        if (exit != 0)
        {
            throw new CakeException($"dotnet-stryker ended with exit code {exit} for {folder}.");
        }
    }
}

void Fuzz(IEnumerable<string> readers, int seconds, string configuration, DirectoryPath output)
{
    if (Context.Tools.Resolve("afl-fuzz") is null)
    {
        throw new CakeException("There is no afl-fuzz on PATH. On Debian: apt-get install afl++");
    }

    var program = output.Combine("program");
    CleanDirectory(program);
    DotNetPublish("tests/PySign.Fuzz/PySign.Fuzz.csproj", new DotNetPublishSettings { Configuration = configuration, OutputDirectory = program, NoLogo = true, Verbosity = DotNetVerbosity.Quiet });
    foreach (var engine in new[] { "PySign.Sigstore.dll", "PySign.Packaging.dll", "PySign.Formats.dll" })
    {
        Run("dotnet", new ProcessArgumentBuilder().Append("sharpfuzz").AppendQuoted(program.CombineWithFilePath(engine).FullPath));
    }

    var rows = new List<string>();
    foreach (var reader in readers.Select(reader => reader.Trim()))
    {
        var findings = output.Combine(reader);
        CleanDirectory(findings);
        var arguments = new ProcessArgumentBuilder().Append("-i").AppendQuoted($"tests/PySign.Fuzz/Seeds/{reader}").Append("-o").AppendQuoted(findings.FullPath)
            .Append("-m").Append("none").Append("-t").Append("5000").Append("-V").Append(seconds.ToString(CultureInfo.InvariantCulture)).Append("--")
            .Append("dotnet").AppendQuoted(program.CombineWithFilePath("PySign.Fuzz.dll").FullPath).Append(reader);
        var environment = new Dictionary<string, string> { ["AFL_SKIP_BIN_CHECK"] = "1", ["AFL_NO_UI"] = "1", ["AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"] = "1", ["AFL_SKIP_CPUFREQ"] = "1", ["AFL_NO_AFFINITY"] = "1" };
        var exit = StartProcess("afl-fuzz", new ProcessSettings { Arguments = arguments, EnvironmentVariables = environment, Silent = true, RedirectStandardOutput = true, RedirectStandardError = true }, out _, out _);
        var said = findings.CombineWithFilePath("default/fuzzer_stats");
        var stats = FileExists(said)
            ? System.IO.File.ReadAllLines(said.FullPath).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim())
            : throw new CakeException($"afl-fuzz ended with exit code {exit} for {reader} and left no figures.");
        rows.Add($"{reader,-12} {stats["execs_done"],10} executions, {stats["corpus_count"],6} kept, {stats["saved_crashes"],3} crashes, {stats["saved_hangs"],3} hangs");
        Information("{0}", rows[^1]);
    }

    System.IO.File.WriteAllLines(output.CombineWithFilePath("figures.txt").FullPath, rows);
    if (rows.Any(row => !row.Contains(" 0 crashes", StringComparison.Ordinal) || !row.EndsWith(" 0 hangs", StringComparison.Ordinal)))
    {
        throw new CakeException($"A reader threw what is not a refusal, or did not end; the inputs are in {output}/*/default/crashes and hangs.");
    }
}
