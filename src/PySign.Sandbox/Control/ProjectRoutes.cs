using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Formats;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Registries.GitLab;

namespace PySign.Sandbox.Control;

/// <summary>Creates GitLab projects and changes their settings; a field that is not sent keeps its value.</summary>
internal sealed class ProjectRoutes(SandboxServices services)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/_sandbox/projects", (RequestDelegate)ConfigureAsync);

    private async Task ConfigureAsync(HttpContext context)
    {
        string? problem;
        if (await context.ReadJsonAsync() is not { } body)
        {
            problem = "The body must be a JSON object.";
        }
        else
        {
            try
            {
                services.GitLab.Configure(Read(body));
                context.Response.StatusCode = 204;
                return;
            }
            catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                problem =
                    "A project has an id (number) and a path (text); its other fields have the types of GitLabProjectOptions: "
                    + $"{exception.Message}";
            }
        }

        await context.WriteJsonAsync(400, new JsonObject { ["error"] = problem });
    }

    private GitLabProjectOptions Read(JsonElement body)
    {
        var id = body.GetProperty("id").GetInt64();
        var known = services.GitLab.Projects.FirstOrDefault(project => project.Options.Id == id)?.Options;
        var options = known ?? new GitLabProjectOptions { Id = id, Path = body.GetProperty("path").GetString()! };
        foreach (var field in body.EnumerateObject())
        {
            var value = field.Value;
            options = field.Name switch
            {
                "id" => options,
                "path" => options with { Path = value.GetString()! },
                "visibility" => options with { IsPublic = IsPublic(value.GetString()) },
                "jobToken" => With(options, new GitLabCredential(CredentialKind.JobToken, value.GetString()!)),
                "accessToken" => With(options, new GitLabCredential(CredentialKind.AccessToken, value.GetString()!)),
                "credentials" => options with { Credentials = [.. value.EnumerateArray().Select(ReadCredential)] },
                "requestForwarding" => options with { RequestForwarding = value.GetBoolean() },
                "forwardingTarget" => options with { ForwardingTarget = value.GetString()! },
                "jsonIndex" => options with { JsonIndex = value.GetBoolean() },
                "genericDuplicates" => options with { GenericDuplicates = value.GetBoolean() },
                "genericDuplicateExceptions" => options with { GenericDuplicateExceptions = value.GetString() },
                "checksumHeader" => options with { ChecksumHeader = value.GetBoolean() },
                "objectStorage" => options with { ObjectStorage = value.GetBoolean() },
                "objectStorageFails" => options with { ObjectStorageFails = value.GetBoolean() },
                "protectedPackages" => options with { ProtectedPackages = [.. value.EnumerateArray().Select(name => name.GetString()!)] },
                "jobTokenMayPublish" => options with { JobTokenMayPublish = value.GetBoolean() },
                "jobTokenMayRead" => options with { JobTokenMayRead = value.GetBoolean() },
                "packagesEnabled" => options with { PackagesEnabled = value.GetBoolean() },
                "refusesLongMetadata" => options with { RefusesLongMetadata = value.GetBoolean() },
                "oldNotFound" => options with { OldNotFound = value.GetBoolean() },
                "fips" => options with { Fips = value.GetBoolean() },
                "tagsExist" => options with { TagsExist = value.GetBoolean() },
                "mayCreateTags" => options with { MayCreateTags = value.GetBoolean() },
                "maxPyPiBytes" => options with { MaxPyPiBytes = value.GetInt64() },
                "maxGenericBytes" => options with { MaxGenericBytes = value.GetInt64() },
                _ => throw new FormatException($"unknown field '{field.Name}'"),
            };
        }

        return options;
    }

    private static bool IsPublic(string? visibility) =>
        visibility switch
        {
            "public" => true,
            "private" => false,
            _ => throw new FormatException("visibility is public or private"),
        };

    // A kind's token replaces the one before it.
    private static GitLabProjectOptions With(GitLabProjectOptions options, GitLabCredential credential) =>
        options with
        {
            Credentials = [.. options.Credentials.Where(known => known.Kind != credential.Kind), credential],
        };

    private static GitLabCredential ReadCredential(JsonElement credential) =>
        new(
            Name<CredentialKind>(credential, "kind"),
            credential.GetProperty("secret").GetString()!,
            credential.TryGetProperty("access", out _) ? Name<AccessLevel>(credential, "access") : AccessLevel.Developer,
            credential.TryGetProperty("userName", out var user) ? user.GetString() : null
        );

    private static T Name<T>(JsonElement element, string field)
        where T : struct, Enum
    {
        var name = element.GetProperty(field).GetString();
        return Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"{field} is one of {string.Join(", ", Enum.GetNames<T>())}, not '{name}'");
    }
}
