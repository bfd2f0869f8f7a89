using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Cake.PySign.Recipe;
using Cake.PySign.Sandbox;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Rig;

/// <summary>
/// A GitLab project of its own in the sandbox, and its release jobs: each stage runs in a new context that shares nothing with the one
/// before but the folder between them.
/// </summary>
internal sealed class ReleaseJobs : IDisposable
{
    /// <summary>The stages of what is built already, in their order.</summary>
    public static readonly ReleaseStage[] FromSigning =
    [
        ReleaseStage.Sign,
        ReleaseStage.Verify,
        ReleaseStage.PublishSignatures,
        ReleaseStage.Publish,
        ReleaseStage.ConsumerVerification,
    ];

    private static int _lastId = 1000;

    private readonly PySignSandbox? _project;
    private readonly TemporaryFolder _folder = new();
    private readonly int _id;
    private readonly StringBuilder _log = new();

    private ReleaseJobs(PySignSandbox? sandbox, int id)
    {
        _project = sandbox;
        _id = id;
    }

    private PySignSandbox Sandbox => _project ?? throw new InvalidOperationException("These jobs run in no project of the sandbox.");

    /// <summary>Jobs of another CI service: they have a folder, and what <see cref="RunElsewhere"/> is given.</summary>
    public static ReleaseJobs Elsewhere() => new(null, 0);

    public string JobToken { get; } = "canary-job-token-" + Guid.NewGuid().ToString("N");

    public TemporaryFolder Folder => _folder;

    public DistFolder Dist => new(_folder.Folder("dist"));

    public Uri PyPI => new($"{Sandbox.Info.BaseUrl}api/v4/projects/{_id}/packages/pypi");

    /// <summary>All that every job so far has logged.</summary>
    public string Log => _log.ToString();

    /// <summary>What the last job showed.</summary>
    public string Shown { get; private set; } = "";

    /// <summary>Identity tokens that were handed to jobs: secrets, all of them.</summary>
    public List<string> IdentityTokens { get; } = [];

    /// <summary>The index expects this project's pipeline as the publisher of a project that it does not have yet.</summary>
    public async Task TrustAsync()
    {
        var publisher = new
        {
            kind = "GitLab",
            project = "hello-pysign",
            repository = Path,
            workflow = ".gitlab-ci.yml",
            isPending = true,
        };
        using var http = Sandbox.CreateControlClient();
        using var answer = await http.PostAsJsonAsync("/_sandbox/pypi", new { publishers = new[] { publisher } });
        answer.EnsureSuccessStatusCode();
    }

    public static async Task<ReleaseJobs> CreateAsync(PySignSandbox sandbox, string visibility = "private")
    {
        var jobs = new ReleaseJobs(sandbox, Interlocked.Increment(ref _lastId));
        using var http = sandbox.CreateControlClient();
        using var answer = await http.PostAsJsonAsync(
            "/_sandbox/projects",
            new
            {
                id = jobs._id,
                path = jobs.Path,
                visibility,
                jobToken = jobs.JobToken,
            }
        );
        Assert.Equal(204, (int)answer.StatusCode);
        return jobs;
    }

    /// <summary>What the build stage leaves, without a Python.</summary>
    public void PlayBuild(string body = "print('hello')\n", params string[] moreTags)
    {
        var files = new[]
        {
            (Name: "hello_pysign-1.0.0-py3-none-any.whl", Kind: DistributionKind.Wheel, Bytes: SampleDistribution.Wheel(body: body)),
            (Name: "hello_pysign-1.0.0.tar.gz", Kind: DistributionKind.Sdist, Bytes: SampleDistribution.Sdist()),
        }
            .Concat(
                moreTags.Select(tag =>
                    (
                        Name: $"hello_pysign-1.0.0-{tag}-none-any.whl",
                        Kind: DistributionKind.Wheel,
                        Bytes: SampleDistribution.Wheel(body: $"{body}# {tag}\n")
                    )
                )
            )
            .ToList();
        if (Directory.Exists(Dist.Path.FullPath))
        {
            Directory.Delete(Dist.Path.FullPath, recursive: true);
        }

        foreach (var file in files)
        {
            _folder.Write($"dist/{file.Name}", file.Bytes);
        }

        Dist.Store.Write(
            new Ledger
            {
                Schema = Ledger.CurrentSchema,
                Name = "hello-pysign",
                NormalizedName = "hello-pysign",
                Version = "1.0.0",
                Files =
                [
                    .. files.Select(file => new LedgerFile(
                        file.Name,
                        file.Kind,
                        SampleDistribution.Sha256(file.Bytes),
                        file.Bytes.Length,
                        []
                    )),
                ],
            }
        );
    }

    /// <summary>A new build of the same sources, in a folder that has nothing else: the same distributions.</summary>
    public void LoseFolder() => LoseFolder(Dist);

    /// <summary>Leaves the distributions of a folder, and a ledger that names them alone.</summary>
    public static void LoseFolder(DistFolder dist)
    {
        var ledger = dist.Store.Read();
        foreach (
            var path in Directory
                .GetFiles(dist.Path.FullPath)
                .Where(path => ledger.Files.All(file => file.Name != System.IO.Path.GetFileName(path)))
        )
        {
            File.Delete(path);
        }

        dist.Store.Write(
            ledger with
            {
                Files = [.. ledger.Files.Select(file => file with { Signature = null, Receipts = [] })],
                Statement = null,
                Verifications = [],
            }
        );
    }

    /// <summary>The context of one job, with the variables GitLab gives it and those of <paramref name="variables"/> instead of or as well
    /// them; null removes one.</summary>
    public async Task<CakeRig> JobAsync(params (string Name, string? Value)[] variables)
    {
        var rig = new CakeRig();
        rig.Environment.WorkingDirectory = _folder.Path;
        var job = await Sandbox.GitLabJobAsync(
            new Dictionary<string, object>
            {
                ["project_path"] = Path,
                ["ref"] = "v1.0.0",
                ["ref_type"] = "tag",
            }
        );
        foreach (var (name, value) in job)
        {
            rig.Environment.Variables[name] = value;
        }

        IdentityTokens.Add(job["SIGSTORE_ID_TOKEN"]);
        foreach (
            var (name, value) in new (string Name, string? Value)[]
            {
                ("CI_PROJECT_ID", _id.ToString(CultureInfo.InvariantCulture)),
                ("CI_JOB_TOKEN", JobToken),
                ("PYSIGN_TRUSTED_ROOT", Sandbox.Info.TrustedRoot.FullPath),
                ("PYSIGN_SIGNING_CONFIG", Sandbox.Info.SigningConfig.FullPath),
                ("PYSIGN_ISOLATION", "none"),
                ("PYSIGN_PYTHON", SystemPython.Path),
            }.Concat(variables)
        )
        {
            rig.Environment.Variables[name] = value;
        }

        return rig;
    }

    /// <summary>Runs one target as a job of its own.</summary>
    public async Task RunAsync(string target, params (string Name, string? Value)[] variables)
    {
        using var rig = await JobAsync(variables);
        try
        {
            new TaskRun(rig).Run(target);
        }
        finally
        {
            _log.AppendLine(rig.Log.Text);
            Shown = rig.Log.Shown;
        }
    }

    /// <summary>Runs one target as a job with these variables and no others.</summary>
    public void RunElsewhere(string target, IEnumerable<(string Name, string? Value)> variables)
    {
        using var rig = new CakeRig();
        rig.Environment.WorkingDirectory = _folder.Path;
        foreach (var (name, value) in variables)
        {
            rig.Environment.Variables[name] = value;
        }

        try
        {
            new TaskRun(rig).Run(target);
        }
        finally
        {
            _log.AppendLine(rig.Log.Text);
            Shown = rig.Log.Shown;
        }
    }

    /// <summary>Runs stages, each as a job of its own.</summary>
    public async Task RunAllAsync(params ReleaseStage[] stages)
    {
        foreach (var stage in stages)
        {
            await RunAsync($"PySign-{stage}");
        }
    }

    /// <summary>Uploads to the project's index without going through the code under test.</summary>
    public async Task PostAsync(string fileName, byte[] content)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"gitlab-ci-token:{JobToken}"))
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("hello-pysign"), "name" },
            { new StringContent("1.0.0"), "version" },
            { new StringContent(SampleDistribution.Sha256(content)), "sha256_digest" },
            { new ByteArrayContent(content), "content", fileName },
        };
        using var answer = await http.PostAsync(PyPI, form);
        Assert.Equal(201, (int)answer.StatusCode);
    }

    /// <summary>Puts a file into the project's generic registry without going through the code under test.</summary>
    public async Task PutAsync(string fileName, byte[] content)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("JOB-TOKEN", JobToken);
        using var answer = await http.PutAsync(
            new Uri($"{Sandbox.Info.BaseUrl}api/v4/projects/{_id}/packages/generic/hello-pysign/1.0.0/{fileName}"),
            new ByteArrayContent(content)
        );
        Assert.Equal(201, (int)answer.StatusCode);
    }

    public void Dispose() => _folder.Dispose();

    public string Path => $"acme/hello-{_id}";

    /// <summary>The project's number.</summary>
    public int Id => _id;
}
