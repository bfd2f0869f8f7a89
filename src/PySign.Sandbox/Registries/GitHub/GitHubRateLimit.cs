using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitHub;

/// <summary>How often GitHub's API may be asked: few times without a token, more often with one, counted by the hour.</summary>
internal sealed class GitHubRateLimit(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTimeOffset Ends, int Used)> _windows = new(StringComparer.Ordinal);

    public void Reset()
    {
        lock (_gate)
        {
            _windows.Clear();
        }
    }

    /// <summary>Counts a request and says so in the answer's headers.</summary>
    /// <returns>The refusal where there were too many; null otherwise.</returns>
    public IResult? Take(HttpContext context, GitHubRepositoryOptions repository, bool isMember)
    {
        var now = time.GetUtcNow();
        var limit = isMember ? repository.TokenLimit : repository.AnonymousLimit;
        var who = isMember ? repository.Path : "anonymous";
        int used;
        DateTimeOffset ends;
        lock (_gate)
        {
            (ends, used) = _windows.GetValueOrDefault(who);
            (ends, used) = ends > now ? (ends, used + 1) : (now.AddSeconds(repository.LimitSeconds), 1);
            _windows[who] = (ends, used);
        }

        var headers = context.Response.Headers;
        headers["x-ratelimit-limit"] = Text(limit);
        headers["x-ratelimit-remaining"] = Text(Math.Max(limit - used, 0));
        headers["x-ratelimit-used"] = Text(Math.Min(used, limit));
        headers["x-ratelimit-resource"] = "core";
        headers["x-ratelimit-reset"] = Text(ends.ToUnixTimeSeconds() + 1);
        return used <= limit
            ? null
            : Results.Json(
                new
                {
                    message = isMember
                        ? "API rate limit exceeded for installation."
                        : "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate "
                            + "limit. "
                            + "Check out the documentation for more details.)",
                    documentation_url = "https://docs.github.com/rest/overview/resources-in-the-rest-api#rate-limiting",
                },
                statusCode: 403
            );
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
