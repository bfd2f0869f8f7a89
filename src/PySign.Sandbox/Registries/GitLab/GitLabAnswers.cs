using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>GitLab's answers, to the letter: clients tell causes apart by them.</summary>
internal static class GitLabAnswers
{
    public static IResult Created() => Message(201, "201 Created");

    public static IResult BadRequest(string reason) => Message(400, $"400 Bad request - {reason}");

    /// <summary>A parameter check fails before the request reaches the service: the key is <c>error</c> then.</summary>
    public static IResult InvalidParameter(string error) => Results.Json(new { error }, statusCode: 400);

    public static IResult Forbidden(string detail = "") => Message(403, "403 Forbidden" + detail);

    public static IResult Unprocessable() => Message(422, "422 Unprocessable Entity");

    public static IResult Protected() => Forbidden(" - Package protected.");

    public static IResult NotFound(string what = "") => Message(404, what.Length == 0 ? "404 Not Found" : $"404 {what} Not Found");

    public static IResult Unauthorized(HttpResponse response, bool basicRealm)
    {
        if (basicRealm)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"GitLab Packages Registry\"";
        }

        return Message(401, "401 Unauthorized");
    }

    public static IResult Message(int status, string message) => Results.Json(new { message }, statusCode: status);
}
