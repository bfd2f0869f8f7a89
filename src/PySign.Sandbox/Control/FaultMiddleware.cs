using System.Globalization;
using Microsoft.AspNetCore.Http;
using PySign.Sandbox.Faults;

namespace PySign.Sandbox.Control;

/// <summary>The faults every service can have: an answer with some status, a slow answer, a connection that breaks.</summary>
internal static class FaultMiddleware
{
    /// <summary>A log that tells its checkpoint: clients ask before they upload, and a fault that is to happen once is meant for the
    /// upload.</summary>
    private static bool DescribesItself(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && (
            request.Path.Value?.EndsWith("/api/v1/log", StringComparison.Ordinal) == true
            || request.Path.Value?.EndsWith("/api/v2/checkpoint", StringComparison.Ordinal) == true
        );

    public static async Task InvokeAsync(HttpContext context, FaultBoard faults, RequestDelegate next)
    {
        if (SandboxService.Of(context.Request.Path) is { } service && !DescribesItself(context.Request))
        {
            if (faults.Take(service, "delay") is { } slow)
            {
                await Task.Delay(slow.DelayMilliseconds, context.RequestAborted);
            }

            if (faults.Hits(service, "drop"))
            {
                context.Abort();
                return;
            }

            if (faults.Take(service, "status") is { } answer)
            {
                context.Response.StatusCode = answer.Status;
                if (answer.Seconds is { } seconds)
                {
                    context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                await context.Response.WriteAsync("{\"message\":\"the sandbox was asked to fail\"}", context.RequestAborted);
                return;
            }
        }

        await next(context);
    }
}
