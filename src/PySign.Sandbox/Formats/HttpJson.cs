using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Formats;

/// <summary>Reading and writing JSON bodies without model binding: every service words its own errors.</summary>
internal static class HttpJson
{
    private const int MaxBodyBytes = 1 << 20;

    private static readonly JsonSerializerOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteJsonAsync(this HttpContext context, int status, JsonNode body, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body.ToJsonString(_options), context.RequestAborted);
    }

    /// <summary>An error as the servers made with go-openapi answer it.</summary>
    public static Task WriteErrorAsync(this HttpContext context, int status, string message) =>
        context.WriteJsonAsync(status, new JsonObject { ["code"] = status, ["message"] = message });

    public static Task WriteTextAsync(this HttpContext context, int status, string body, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    public static async Task WriteBytesAsync(this HttpContext context, int status, byte[] body, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <returns>The body, or null when it is longer than a service request may be.</returns>
    public static async Task<byte[]?> ReadBytesAsync(this HttpContext context)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16384];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (buffer.Length + read > MaxBodyBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    /// <returns>The root element, or null when the body is not a JSON object of acceptable size.</returns>
    public static async Task<JsonElement?> ReadJsonAsync(this HttpContext context)
    {
        var bytes = await context.ReadBytesAsync();
        if (bytes is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
