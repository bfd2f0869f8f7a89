// The project's own build. Two commands matter to a newcomer:
//   ./build.sh --target=Rehearse     a whole signed release of a Python project against the embedded sandbox
//   ./build.sh --target=Test         everything the project claims about itself
#load "eng/build/docs.cake"
#load "eng/build/measures.cake"
#load "eng/build/python.cake"
#load "eng/build/tests.cake"
#load "eng/build/trust.cake"
#load "eng/build/release.cake"

var configuration = Argument("configuration", "Release");
var artifacts = MakeAbsolute(Directory("artifacts"));
var release = Argument("package-version", "0.1.0");
var embeddedTrust = MakeAbsolute(Directory(Argument("embedded", "src/PySign.Sigstore/Trust/Embedded")));
var today = DateTimeOffset.Parse(Argument("today", DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

Task("Clean").Does(() =>
{
    CleanDirectory(artifacts);
    CleanDirectories("src/*/bin");
    CleanDirectories("src/*/obj");
    CleanDirectories("tests/*/bin");
    CleanDirectories("tests/*/obj");
});

Task("Build")
    .Description("Compiles the solution; warnings are errors.")
    .Does(() => Build());

Task("Check-Trust")
    .Description("Warns when the embedded TUF root has less than 60 days left.")
    .Does(() => WarnOfOldTrust(embeddedTrust.CombineWithFilePath("root.json"), today));

Task("Refresh-Trust")
    .Description("Renews what the library carries of Sigstore's public instance by TUF; --mirror, --root and --embedded name other places.")
    .Does(() =>
    {
        if (Argument("tuf-client", "") is not { Length: > 0 } client)
        {
            const string Project = "tests/PySign.Sigstore.TufConformance/PySign.Sigstore.TufConformance.csproj";
            DotNetBuild(Project, new DotNetBuildSettings { Configuration = configuration, Verbosity = DotNetVerbosity.Quiet, NoLogo = true });
            client = $"tests/PySign.Sigstore.TufConformance/bin/{configuration}/net10.0/PySign.Sigstore.TufConformance.dll";
        }

        var start = MakeAbsolute(File(Argument("root", embeddedTrust.CombineWithFilePath("root.json").FullPath)));
        var mirror = Argument("mirror", "https://tuf-repo-cdn.sigstore.dev");
        RefreshTrust(MakeAbsolute(File(client)), mirror, start, embeddedTrust, MakeAbsolute(Directory(Argument("work", "artifacts/trust"))), today);
    });

Task("Pack")
    .Description("Leaves artifacts/Cake.PySign.<version>.nupkg.")
    .IsDependentOn("Check-Trust")
    .Does(() => PackAddin(release, artifacts));

Task("Release")
    .Description("Packs the same bytes twice, writes SHA256SUMS and a bill of materials, and signs all with this package; --rehearse signs against the sandbox.")
    .IsDependentOn("Check-Trust")
    .Does(() =>
    {
        var output = artifacts.Combine("release");
        var package = PackReproducibly(release, output);
        var materials = WriteBillOfMaterials(package, release);
        var sums = WriteSums(output, package, materials);

        // A version of its own: Cake never refreshes an addin of a version that it has installed once.
        var version = $"{release}-release.{DateTime.UtcNow:yyyyMMddHHmmss}";
        var feed = artifacts.Combine("release-feed");
        CleanDirectory(feed);
        PackAddin(version, feed);
        CleanDirectory(artifacts.Combine("release-tools"));
        var arguments = new Dictionary<string, string> { ["files"] = string.Join(',', new[] { package, materials, sums }.Select(file => file.FullPath)) };
        if (HasArgument("rehearse"))
        {
            arguments["rehearse"] = "true";
        }

        CakeExecuteScript("eng/release/sign.cake", new CakeSettings
        {
            ToolTimeout = TimeSpan.FromMinutes(10),
            EnvironmentVariables =
            {
                ["CAKE_NUGET_SOURCE"] = feed.FullPath,
                ["CAKE_PATHS_TOOLS"] = artifacts.Combine("release-tools").FullPath,
                ["PYSIGN_VERSION"] = version,
            },
            Arguments = arguments,
        });
    });

Task("Setup-Python")
    .Description("Finds or sets up a Python that has build, twine and what --project is built with.")
    .Does(() => SetUpPython([Argument("project", "samples/hello-pysign")]));

Task("Setup-Tests")
    .Description("Brings what the tests build and compare with: Python with the usual back ends, and on Debian cosign, twine, real projects.")
    .Does(() => SetUpTests());

Task("Rehearse")
    .Description("Releases --project (default: samples/hello-pysign) end to end against the sandbox; results under --output.")
    .IsDependentOn("Setup-Python")
    .Does(() =>
    {
        // A version of its own: Cake never refreshes an addin of a version that it has installed once.
        var version = $"{release}-rehearsal.{DateTime.UtcNow:yyyyMMddHHmmss}";
        var feed = artifacts.Combine("rehearsal-feed");
        CleanDirectory(feed);
        PackAddin(version, feed);

        var tools = artifacts.Combine("rehearsal-tools");
        CleanDirectory(tools);
        CakeExecuteScript("eng/rehearsal/rehearse.cake", new CakeSettings
        {
            ToolTimeout = TimeSpan.FromMinutes(10),
            EnvironmentVariables =
            {
                ["CAKE_NUGET_SOURCE"] = feed.FullPath,
                ["CAKE_PATHS_TOOLS"] = tools.FullPath,
                ["PYSIGN_VERSION"] = version,
                ["PYSIGN_PYTHON"] = python,
            },
            Arguments = new Dictionary<string, string>
            {
                ["project"] = MakeAbsolute(Directory(Argument("project", "samples/hello-pysign"))).FullPath,
                ["output"] = MakeAbsolute(Directory(Argument("output", "artifacts/rehearsal"))).FullPath,
                ["verbosity"] = Context.Log.Verbosity.ToString(),
            },
        });
    });

Task("Docs")
    .Description("Leaves the documentation as a site in artifacts/site, with search and the API of the two engines (docfx, brought into .tools).")
    .IsDependentOn("Build")
    .Does(() => BuildSite(configuration, artifacts));

Task("Format")
    .Description("Fails when C# is not formatted as CSharpier does it; the style rules of .editorconfig have failed the build before that.")
    .IsDependentOn("Build")
    .Does(() => CheckFormat());

Task("Test")
    .Description("All tests, the format check included; prints N passed, N failed, N skipped.")
    .Does(async () =>
    {
        // Setting up mostly waits for servers, and the compiler leaves a core free: one beside the other.
        var setUp = System.Threading.Tasks.Task.Run(() =>
        {
            SetUpTests();
            CheckFormat();
        });
        var build = System.Threading.Tasks.Task.Run(Build);
        await System.Threading.Tasks.Task.WhenAll(setUp, build);
        RunTests(configuration, artifacts.Combine("test-results"), Argument("filter", ""), Argument("lanes", 2));
    });

// Three measures that take long and are not part of Test.
Task("Coverage")
    .Description("Runs the tests with coverlet and prints the covered lines by room; --projects (such as PySign.Sigstore.Tests) takes some of them.")
    .IsDependentOn("Setup-Tests")
    .Does(() => MeasureCoverage(configuration, artifacts.Combine("coverage"), Argument("filter", ""), Argument("projects", "").Split(',', StringSplitOptions.RemoveEmptyEntries)));

Task("Mutation")
    .Description("Runs dotnet-stryker on --folder (Verification, Timestamps, Certificates or Toml; a comma between several; default: all four).")
    .Does(() => Mutate(Argument("folder", "Verification,Timestamps,Certificates,Toml").Split(','), artifacts.Combine("mutation")));

var readers = "bundle,statement,root,certificate,timestamp,toml,html,json,setup";
Task("Fuzz")
    .Description($"Runs AFL++ for --seconds (default 60) on each of --readers (default: {readers}).")
    .Does(() => Fuzz(Argument("readers", readers).Split(','), Argument("seconds", 60), configuration, artifacts.Combine("fuzz")));

RunTarget(Argument("target", "Test"));

void Build() =>
    DotNetBuild(
        "Cake.PySign.sln",
        new DotNetBuildSettings { Configuration = configuration, Verbosity = DotNetVerbosity.Quiet, NoLogo = true });

void CheckFormat() =>
    Run("dotnet", new ProcessArgumentBuilder().Append("csharpier").Append("check").Append("src").Append("tests").Append("benchmarks"));

void PackAddin(string version, DirectoryPath output) =>
    DotNetPack("src/Cake.PySign/Cake.PySign.csproj", new DotNetPackSettings
    {
        Configuration = configuration,
        OutputDirectory = output,
        NoLogo = true,
        Verbosity = DotNetVerbosity.Quiet,
        MSBuildSettings = new DotNetMSBuildSettings().WithProperty("Version", version),
    });

void Run(string program, ProcessArgumentBuilder arguments, IDictionary<string, string> environment = null)
{
    var exit = StartProcess(program, new ProcessSettings { Arguments = arguments, EnvironmentVariables = environment });
    if (exit != 0)
    {
        throw new CakeException($"{program} {arguments.RenderSafe()} ended with exit code {exit}.");
    }
}
