// The documentation as a site: what docs/ holds, and the API of the two engines from their compiled documentation.

const string DocFxVersion = "2.81.0";

void BuildSite(string configuration, DirectoryPath artifacts)
{
    var folder = MakeAbsolute(Directory(".tools/docfx"));
    var docfx = folder.CombineWithFilePath(IsRunningOnWindows() ? "docfx.exe" : "docfx");
    if (!FileExists(docfx))
    {
        Information($"docfx {DocFxVersion} is brought into {folder}.");
        RunSite("dotnet", $"tool install docfx --version {DocFxVersion} --tool-path \"{folder}\"");
    }

    foreach (var made in new[] { "docs-assemblies", "docs-api", "site" })
    {
        CleanDirectory(artifacts.Combine(made));
    }

    foreach (var engine in new[] { "PySign.Sigstore", "PySign.Packaging" })
    {
        CopyFiles($"src/{engine}/bin/{configuration}/net10.0/PySign.*.dll", artifacts.Combine("docs-assemblies"));
        CopyFiles($"src/{engine}/bin/{configuration}/net10.0/PySign.*.xml", artifacts.Combine("docs-assemblies"));
    }

    // A warning is a link that leads nowhere.
    RunSite(docfx.FullPath, "eng/docs/docfx.json --warningsAsErrors");
    Information($"The site is {artifacts.CombineWithFilePath("site/index.html")}.");
}

void RunSite(string program, string arguments)
{
    // docfx is built for older runtimes too; the newest that is there will do.
    var settings = new ProcessSettings
    {
        Arguments = arguments,
        EnvironmentVariables = new Dictionary<string, string> { ["DOTNET_ROLL_FORWARD"] = "LatestMajor" },
    };
    if (StartProcess(program, settings) is not 0 and var code)
    {
        throw new CakeException($"{program} {arguments} ended with {code}.");
    }
}
