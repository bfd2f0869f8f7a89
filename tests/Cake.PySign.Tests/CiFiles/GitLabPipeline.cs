using Cake.PySign.Sandbox;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>Plays a .gitlab-ci.yml on a protected tag, as far as these files go: extends, needs, variables, caches, artifacts,
/// id_tokens.</summary>
internal sealed class GitLabPipeline(YamlMap file, JobRunner runner, PySignSandbox sandbox)
{
    private static readonly string[] _keywords = ["workflow", "stages", "default", "variables"];

    private readonly Dictionary<string, string> _artifacts = [];

    public IReadOnlyList<string> Jobs => [.. file.Keys.Except(_keywords).Where(key => !key.StartsWith('.'))];

    public YamlMap Job(string name) => file.Map(name).Text("extends") is { } template ? file.Map(name).Over(Job(template)) : file.Map(name);

    /// <summary>Runs one job; its artifacts are kept for the jobs that need it.</summary>
    public async Task<int> RunAsync(string name, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var job = Job(name);
        var folder = runner.Checkout();
        foreach (var needed in job.Texts("needs"))
        {
            JobRunner.CopyFolder(_artifacts[needed], folder);
        }

        foreach (var path in job.Maps("cache").Where(cache => cache.Text("policy") != "push").SelectMany(cache => cache.Texts("paths")))
        {
            Restore(folder, path.TrimEnd('/'));
        }

        // A job without a cache fetches its tools; nothing is fetched here.
        if (job.Variables("variables").ContainsKey("NUGET_PACKAGES") && !Directory.Exists(Path.Combine(folder, ".cache", "nuget")))
        {
            JobRunner.SeedPackages(Path.Combine(folder, ".cache", "nuget"));
        }

        var exit = await runner.RunAsync(
            folder,
            [.. job.Texts("before_script"), .. job.Texts("script")],
            await VariablesAsync(job, folder, settings, cancellationToken),
            cancellationToken
        );
        _artifacts[name] = Path.Combine(runner.Root, "artifacts", name);
        foreach (var path in job.Map("artifacts").Texts("paths").Select(path => path.TrimEnd('/')))
        {
            var made = Path.Combine(folder, path);
            Assert.True(exit != 0 || Directory.Exists(made), $"job {name} has no {path} to hand on:\n{runner.Output}");
            if (Directory.Exists(made))
            {
                JobRunner.CopyFolder(made, Path.Combine(_artifacts[name], path));
            }
        }

        return exit;
    }

    public string Artifacts(string name) => _artifacts[name];

    /// <summary>Begins after a job that was played already, with a copy of what it handed on.</summary>
    public void BeginAfter(string name, string artifacts)
    {
        _artifacts[name] = Path.Combine(runner.Root, "artifacts", name);
        JobRunner.CopyFolder(artifacts, _artifacts[name]);
    }

    /// <summary>Leaves out <paramref name="skipped"/>: who needs it gets what <paramref name="name"/> made.</summary>
    public void HandOn(string name, string skipped) => _artifacts[skipped] = _artifacts[name];

    // A cache lives on the machine and outlives the job; what one job put into it, the next one finds.
    private void Restore(string folder, string path)
    {
        var store = Path.Combine(runner.Caches, path);
        if (!Directory.Exists(store))
        {
            Directory.CreateDirectory(store);
            if (Path.GetFileName(path) == "nuget")
            {
                JobRunner.SeedPackages(store);
            }
        }

        var link = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        Directory.CreateSymbolicLink(link, store);
    }

    private async Task<Dictionary<string, string>> VariablesAsync(
        YamlMap job,
        string folder,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken cancellationToken
    )
    {
        var variables = (await sandbox.GitLabJobAsync(cancellationToken: cancellationToken)).ToDictionary();

        // A job has an identity token only where the file asks for one, under the name and for the audience that it says.
        variables.Remove("SIGSTORE_ID_TOKEN");
        var tokens = job.Map("id_tokens");
        foreach (var name in tokens.Keys)
        {
            var claims = new Dictionary<string, object> { ["aud"] = tokens.Map(name).Text("aud")! };
            variables[name] = await sandbox.MintGitLabTokenAsync(claims, cancellationToken);
        }

        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        variables["CI_PROJECT_DIR"] = folder;
        foreach (var (name, value) in file.Variables("variables").Concat(job.Variables("variables")))
        {
            variables[name] = value.Replace("$CI_PROJECT_DIR", folder, StringComparison.Ordinal);
        }

        return variables;
    }
}
