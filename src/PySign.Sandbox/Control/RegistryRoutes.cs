using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Formats;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Registries.PyPi;
using PySign.Sandbox.Registries.Store;

namespace PySign.Sandbox.Control;

/// <summary>Sets how GitHub's releases, the plain store and PyPI answer; a body replaces all settings of its registry.</summary>
internal sealed class RegistryRoutes(SandboxServices services)
{
    private static readonly JsonSerializerOptions _format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(
            "/_sandbox/github/repositories",
            (RequestDelegate)(context => SetAsync<GitHubRepositoryOptions>(context, services.GitHub.Configure))
        );
        routes.MapPost(
            "/_sandbox/store",
            (RequestDelegate)(context => SetAsync<HttpStoreOptions>(context, options => services.Store.Options = options))
        );
        routes.MapPost(
            "/_sandbox/pypi",
            (RequestDelegate)(context => SetAsync<PyPiOptions>(context, options => services.PyPi.Options = options))
        );
        routes.MapGet(
            "/_sandbox/registries",
            (RequestDelegate)(
                context =>
                    context.WriteJsonAsync(
                        200,
                        new JsonObject
                        {
                            ["store"] = new JsonObject(
                                services.Store.Stored.Select(file => KeyValuePair.Create<string, JsonNode?>(file.Key, file.Value))
                            ),
                            ["pypi"] = new JsonArray([.. services.PyPi.Stored.Select(file => (JsonNode)file)]),
                        }
                    )
            )
        );
    }

    private static async Task SetAsync<T>(HttpContext context, Action<T> set)
        where T : class
    {
        try
        {
            set(JsonSerializer.Deserialize<T>(await context.ReadBytesAsync() ?? [], _format) ?? throw new JsonException("null"));
            context.Response.StatusCode = 204;
        }
        catch (JsonException exception)
        {
            await context.WriteJsonAsync(
                400,
                new JsonObject { ["error"] = $"The body must be a JSON object of the fields of {typeof(T).Name}: {exception.Message}" }
            );
        }
    }
}
