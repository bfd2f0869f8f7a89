using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Registries.Store;

/// <summary>A store with one address per file below <c>/store/</c>, as Nexus raw, Artifactory generic and WebDAV are.</summary>
public sealed class HttpStore
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>The settings.</summary>
    public HttpStoreOptions Options { get; set; } = new();

    /// <summary>Path and SHA-256 of every file.</summary>
    public IReadOnlyDictionary<string, string> Stored =>
        _files.ToDictionary(file => file.Key, file => Convert.ToHexStringLower(SHA256.HashData(file.Value)), StringComparer.Ordinal);

    /// <summary>Forgets every file and the settings.</summary>
    public void Reset()
    {
        _files.Clear();
        Options = new HttpStoreOptions();
    }

    internal void Map(IEndpointRouteBuilder app)
    {
        app.MapPut("/store/{**path}", (HttpContext context, string path) => PutAsync(context, path));
        app.MapMethods(
            "/store/{**path}",
            ["GET", "HEAD"],
            (HttpContext context, string path) =>
                !Options.IsPublic && !MayWrite(context) ? Refuse(context)
                : _files.TryGetValue(path, out var content) ? Results.Bytes(content, "application/octet-stream")
                : Results.Text("404 Not Found", statusCode: 404)
        );
    }

    private async Task<IResult> PutAsync(HttpContext context, string path)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (!MayWrite(context))
        {
            return Refuse(context);
        }

        if (Options.Conditional && context.Request.Headers.IfNoneMatch == "*")
        {
            return _files.TryAdd(path, body.ToArray()) ? Results.StatusCode(201) : Results.StatusCode(412);
        }

        if (!Options.Redeploy)
        {
            return _files.TryAdd(path, body.ToArray())
                ? Results.StatusCode(201)
                : Results.Text($"Repository does not allow updating assets: {path}", statusCode: 400);
        }

        _files[path] = body.ToArray();
        return Results.StatusCode(201);
    }

    private static IResult Refuse(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"store\"";
        return Results.Text("401 Unauthorized", statusCode: 401);
    }

    private bool MayWrite(HttpContext context)
    {
        var given = context.Request.Headers.Authorization.ToString();
        return (
                Options.Password.Length > 0
                && given == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Options.UserName}:{Options.Password}"))
            ) || (Options.Token.Length > 0 && given == "Bearer " + Options.Token);
    }
}

/// <summary>How the plain HTTP store lets callers in and treats names that are taken.</summary>
public sealed record HttpStoreOptions
{
    /// <summary>User and password that may write, as Nexus and WebDAV take them.</summary>
    public string UserName { get; init; } = "deployer";

    /// <summary>The password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The bearer token that may write, as Artifactory takes it.</summary>
    public string Token { get; init; } = "";

    /// <summary>Whether anonymous callers may read.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Whether a file may be replaced: Nexus raw with "disable redeploy" answers 400 otherwise.</summary>
    public bool Redeploy { get; init; } = true;

    /// <summary>Whether If-None-Match: * is honored.</summary>
    public bool Conditional { get; init; } = true;
}
