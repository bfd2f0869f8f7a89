using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sandbox;

/// <summary>A running sandbox: OIDC issuer, certificate authority, logs, timestamp authority and GitLab registries on 127.0.0.1. Dispose it
/// to end it.</summary>
public sealed class PySignSandbox : IAsyncDisposable
{
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    private readonly ReadyFile _ready;
    private readonly Task<ChildProcessResult> _running;
    private readonly CancellationTokenSource _ending;
    private readonly NeutralFolder _workspace;

    private readonly HttpClient _http;
    private bool _disposed;

    internal PySignSandbox(ReadyFile ready, Task<ChildProcessResult> running, CancellationTokenSource ending, NeutralFolder workspace)
    {
        _ready = ready;
        _running = running;
        _ending = ending;
        _workspace = workspace;
        _http = CreateControlClient();
    }

    /// <summary>Where the sandbox is, and the files a client needs.</summary>
    /// <value>The files are gone with the sandbox unless a state directory was given.</value>
    public PySignSandboxInfo Info => _ready.Info;

    /// <summary>The token of the sandbox's GitLab job, good for its project's registries.</summary>
    /// <value>A secret of this sandbox alone.</value>
    public string JobToken => _ready.JobToken;

    /// <summary>Mints an identity token as GitLab's <c>id_tokens</c> does.</summary>
    /// <param name="claims">Claims that replace the default ones, such as <c>ref</c>, <c>ref_type</c> or <c>project_path</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token, a JWT for the audience <c>sigstore</c> unless the claims say otherwise.</returns>
    public Task<string> MintGitLabTokenAsync(
        IReadOnlyDictionary<string, object>? claims = null,
        CancellationToken cancellationToken = default
    ) => MintAsync("gitlab", claims, cancellationToken);

    /// <summary>Mints an identity token as GitHub Actions does.</summary>
    /// <param name="claims">Claims that replace the default ones.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token, a JWT.</returns>
    public Task<string> MintGitHubTokenAsync(
        IReadOnlyDictionary<string, object>? claims = null,
        CancellationToken cancellationToken = default
    ) => MintAsync("github", claims, cancellationToken);

    /// <summary>Mints an identity token for an e-mail address.</summary>
    /// <param name="claims">Claims that replace the default ones, such as <c>email</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token, a JWT.</returns>
    public Task<string> MintEmailTokenAsync(
        IReadOnlyDictionary<string, object>? claims = null,
        CancellationToken cancellationToken = default
    ) => MintAsync("email", claims, cancellationToken);

    /// <summary>The variables that a GitLab job of the sandbox's project would see, with a freshly minted identity token.</summary>
    /// <param name="claims">Claims that replace the default ones; <c>ref</c> and <c>ref_type</c> show in the variables as well.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Name to value. <c>CI_JOB_TOKEN</c> and <c>SIGSTORE_ID_TOKEN</c> are among them.</returns>
    public async Task<IReadOnlyDictionary<string, string>> GitLabJobAsync(
        IReadOnlyDictionary<string, object>? claims = null,
        CancellationToken cancellationToken = default
    )
    {
        using var minted = await RequestAsync("gitlab", claims, cancellationToken).ConfigureAwait(false);
        var root = minted.RootElement;
        return GitLabJob.Variables(Info.GitLab, JobToken, root.GetProperty("token").GetString()!, root.GetProperty("claims"));
    }

    /// <summary>Makes a client of the control interface: faults, projects, a look inside. docs/sandbox.md lists its paths.</summary>
    /// <returns>A client with the sandbox's address as base, which sends the control token that only its starter has. Dispose it.</returns>
    public HttpClient CreateControlClient()
    {
        // Everything here is on loopback and holds rehearsal secrets only; no proxy may see or stop it. A script wants a plain client.
#pragma warning disable RS0030
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = Info.BaseUrl,
            Timeout = TimeSpan.FromSeconds(30),
        };
#pragma warning restore RS0030
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _ready.ControlToken);
        return http;
    }

    /// <summary>Ends the sandbox and every process of it.</summary>
    /// <returns>A task that ends when the sandbox is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            using var answer = await _http
                .PostAsync(new Uri(Info.BaseUrl, "/_sandbox/shutdown"), null, _ending.Token)
                .WaitAsync(_farewell, _ending.Token)
                .ConfigureAwait(false);
            await _running.WaitAsync(_farewell, _ending.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or OperationCanceledException)
        {
            // It does not listen any more, or does not end by itself: it is ended below.
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await EndedAsync(_running).ConfigureAwait(false);
        _ending.Dispose();
        _http.Dispose();
        _workspace.Dispose();
    }

    /// <summary>Waits for the end of the process, however it comes.</summary>
    internal static Task EndedAsync(Task running) =>
        running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task<string> MintAsync(string kind, IReadOnlyDictionary<string, object>? claims, CancellationToken cancellationToken)
    {
        using var minted = await RequestAsync(kind, claims, cancellationToken).ConfigureAwait(false);
        return minted.RootElement.GetProperty("token").GetString()!;
    }

    private async Task<JsonDocument> RequestAsync(
        string kind,
        IReadOnlyDictionary<string, object>? claims,
        CancellationToken cancellationToken
    )
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var answer = await _http
            .PostAsJsonAsync(
                new Uri(Info.BaseUrl, $"/_sandbox/tokens/{kind}"),
                claims ?? new Dictionary<string, object>(StringComparer.Ordinal),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
        {
            throw new PySignException(PySignFailure.SandboxFailed, $"The sandbox minted no token: it answered {(int)answer.StatusCode}.");
        }

        return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }
}
