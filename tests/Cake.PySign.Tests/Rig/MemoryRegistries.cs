using Cake.PySign.Common.Processes;
using Cake.PySign.Recipe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Rig;

/// <summary>The sandbox's registries without a network, one project per release, and releases that publish to them.</summary>
internal sealed class MemoryRegistries : IAsyncDisposable
{
    public const string Token = "canary-memory-token-0123456789";

    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;
    private readonly GitLabInstance _instance;

    private MemoryRegistries(WebApplication app, TemporaryFolder folder, GitLabInstance instance)
    {
        _app = app;
        _folder = folder;
        _instance = instance;
    }

    public static async Task<MemoryRegistries> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        var folder = new TemporaryFolder();
        var instance = new GitLabInstance(folder.Folder("server").FullPath);
        GitLabRoutes.Map(app, instance);
        await app.StartAsync();
        return new MemoryRegistries(app, folder, instance);
    }

    /// <summary>A new handler of requests; it is disposed with the last of the clients that use it.</summary>
    public HttpMessageHandler Handler() => _app.GetTestServer().CreateHandler();

    public void AddProject(int id) =>
        _instance.Configure(
            new GitLabProjectOptions
            {
                Id = id,
                Path = $"acme/project-{id}",
                RequestForwarding = false,
                Credentials = [new(CredentialKind.JobToken, Token)],
            }
        );

    /// <summary>Every row of a project as "type file sha256", also rows that are not served any more.</summary>
    public IReadOnlyList<string> Rows(int id) =>
        [
            .. _instance
                .Stored()
                .Where(file => file.Project == $"acme/project-{id}")
                .Select(file => $"{file.Type} {file.FileName} {file.Sha256}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What a project serves: of rows of one name the newest.</summary>
    public IReadOnlyList<string> Served(int id) =>
        [
            .. _instance
                .Stored()
                .Where(file => file.Project == $"acme/project-{id}")
                .GroupBy(file => (file.Type, file.FileName))
                .Select(rows => $"{rows.Key.Type} {rows.Key.FileName} {rows.Last().Sha256}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A release of the signed files in <paramref name="dist"/> to a project, whose every request goes through
    /// <paramref name="handler"/>.</summary>
    public static Release Release(
        CakeRig rig,
        string dist,
        int project,
        HttpMessageHandler handler,
        TimeProvider time,
        IChildProcessRunner? twine = null
    )
    {
        var options = ReleaseOptions.From(rig.Context);
        options.DistDirectory = dist;
        options.RepositoryUrl = new Uri($"http://localhost/api/v4/projects/{project}/packages/pypi");
        options.Index.Url = null;
        options.Store.Url = new Uri($"http://localhost/api/v4/projects/{project}/packages/generic");
        options.Index.UserName = "gitlab-ci-token";
        options.Index.Password = Token;
        options.Store.Token = Token;
        return new Release(rig.Context, options, rig.Services(handler, time, twine ?? new PlayedTwine(handler)));
    }

    public static async Task PublishAsync(Release release)
    {
        await PublishSignaturesStage.RunAsync(release, TestContext.Current.CancellationToken);
        await PublishStage.RunAsync(release, TestContext.Current.CancellationToken);
    }

    /// <summary>What a project must hold when exactly this release was published.</summary>
    public static IReadOnlyList<string> Expected(Ledger ledger) =>
        [
            .. ledger
                .Files.Select(file => $"pypi {file.Name} {file.Sha256}")
                .Concat(ledger.SignatureFiles.Select(part => $"generic {part.Name} {part.Sha256}"))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A second copy of a signed folder.</summary>
    public static string Copy(string dist, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(dist))
        {
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        return target;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
