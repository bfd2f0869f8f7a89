using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>
/// What twine's output means. The exit code only says "not all went well", and without <c>--verbose</c> the registry's own message is not
/// shown. Read from twine 4.0.2 to 7.0.0 and GitLab's and PyPI's answers.
/// </summary>
internal static partial class TwineOutput
{
    /// <summary>The error that <paramref name="lines"/> of a failed run tell of, with the registry's own words.</summary>
    public static PySignException Classify(
        IReadOnlyList<string> lines,
        int exitCode,
        Uri repository,
        PythonInterpreter? python = null,
        IReadOnlyList<LocalDistribution>? files = null
    )
    {
        var text = string.Join('\n', lines);
        var said = RegistryMessage(text);
        var (reason, what, advice) = PyPiRefusals.Find(text, files?.Select(static file => file.FileName) ?? []) ?? Cause(text);
        var message = $"twine could not publish to {repository}: {what}.";
        if (said is not null)
        {
            message += $"{Environment.NewLine}  The registry says: {said}";
        }

        if (reason == PySignFailure.ToolTooOld && python is not null && files is not null)
        {
            message +=
                $"{Environment.NewLine}  This is twine {python.ModuleVersion} at {python.Path}; the distributions "
                + $"have:{Environment.NewLine}"
                + string.Join(Environment.NewLine, files.Select(file => $"    {file.FileName}: Metadata-Version {file.MetadataVersion}"));
        }

        message +=
            $"{Environment.NewLine}  twine ended with exit code {exitCode}. Its last lines:{Environment.NewLine}"
            + string.Join(Environment.NewLine, lines.Where(line => line.Trim().Length > 0).TakeLast(12).Select(line => "    " + line));
        return new PySignException(reason, message, advice);
    }

    private static (PySignFailure Reason, string What, string? Advice) Cause(string text) =>
        BeforeAnAnswer(text)
        ?? AnswerOf(text)
        ?? WithoutAnAnswer(text)
        ?? (PySignFailure.ToolFailed, "twine gave no cause that is known", null);

    /// <summary>What twine itself objects to, whatever the registry answered.</summary>
    private static (PySignFailure Reason, string What, string? Advice)? BeforeAnAnswer(string text)
    {
        if (Has(text, "Credential not found", "NonInteractive:"))
        {
            return (
                PySignFailure.Unauthorized,
                "no user name or password was given",
                "Set Index.UserName and Index.Password, or TWINE_USERNAME and TWINE_PASSWORD."
            );
        }

        if (Has(text, "RedirectDetected", "attempted to redirect"))
        {
            return (
                PySignFailure.Redirected,
                "the registry answered with a redirect, which is never followed with credentials",
                "Use the address that the registry redirects to, if it is the right one."
            );
        }

        if (
            Has(text, "Metadata-Version") && Has(text, "supported", "missing required fields")
            || Has(text, "is not a valid metadata version")
        )
        {
            return (
                PySignFailure.ToolTooOld,
                "this twine does not know the metadata version of the distribution",
                "Install a newer twine, or build with a back end of the same age as this twine."
            );
        }

        return null;
    }

    /// <summary>The registry's answer: its status, else what twine made of it.</summary>
    private static (PySignFailure Reason, string What, string? Advice)? AnswerOf(string text)
    {
        if (Status().Match(text) is { Success: true } match)
        {
            return Meaning((HttpStatusCode)int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), text);
        }

        if (Has(text, "already been taken", "already exists"))
        {
            return Meaning(HttpStatusCode.Conflict, text);
        }

        if (Has(text, "too large"))
        {
            return Meaning(HttpStatusCode.RequestEntityTooLarge, text);
        }

        return Has(text, "InvalidDistribution") ? Meaning(HttpStatusCode.BadRequest, text) : null;
    }

    private static (PySignFailure Reason, string What, string? Advice)? WithoutAnAnswer(string text)
    {
        if (Has(text, "certificate verify failed"))
        {
            return (
                PySignFailure.TlsUntrusted,
                "twine does not trust the registry's TLS certificate",
                "If it is from an authority of your own, give that one's certificate as Network.CaFile (PYSIGN_CA_FILE); twine is given it "
                    + "too."
            );
        }

        if (Has(text, "ConnectionError", "Max retries exceeded", "NewConnectionError", "Timeout", "SSLError"))
        {
            return (
                PySignFailure.Unreachable,
                "the registry could not be reached",
                "Run again: what is already published is recognized and skipped."
            );
        }

        return null;
    }

    private static (PySignFailure Reason, string What, string? Advice) Meaning(HttpStatusCode status, string text)
    {
        var meaning = StatusAdvice.Of(status, text);
        return (meaning.Reason, $"{meaning.What} ({(int)status})", meaning.Advice);
    }

    private static bool Has(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // GitLab answers {"message":"…"}, or {"error":"…"} from its parameter check; PyPI puts its sentence into the reason phrase.
    private static string? RegistryMessage(string text)
    {
        if (JsonMessage().Match(text) is { Success: true } json)
        {
            return JsonSerializer.Deserialize<string>($"\"{json.Groups[1].Value}\"");
        }

        return HttpError().Match(text) is { Success: true } error ? error.Groups[1].Value.Trim() : null;
    }

    [GeneratedRegex(
        @"(?:HTTPError:|Response from \S+|INFO\s+Response from \S+)\s+(\d{3})\b",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Status();

    [GeneratedRegex(
        @"\{\s*""(?:message|error)""\s*:\s*""((?:[^""\\]|\\[""\\/bfnrt]|\\u[0-9a-fA-F]{4})*)""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex JsonMessage();

    [GeneratedRegex(
        @"HTTPError:\s+(\d{3} .+?)(?: from \S+)?$",
        RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.NonBacktracking
    )]
    private static partial Regex HttpError();
}
