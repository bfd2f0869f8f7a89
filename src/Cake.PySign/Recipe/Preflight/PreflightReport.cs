using System.Text.Encodings.Web;
using System.Text.Json;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.PySign.Common;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>What only the preflight itself finds; what others would have found later keeps their reason.</summary>
internal enum PreflightReason
{
    /// <summary>The certificate would name another identity than the one that is required.</summary>
    IdentityMismatch,

    /// <summary>The certificate would name another issuer than the one that is required.</summary>
    IssuerMismatch,

    /// <summary>The users' policy accepts nobody who signs as the certificate would say.</summary>
    SignerNotInPolicy,

    /// <summary>The certificate authority does not accept tokens of this issuer.</summary>
    IssuerNotAccepted,

    /// <summary>A reusable workflow of GitHub: certificate and publisher cannot both be right.</summary>
    ReusableWorkflow,

    /// <summary>The clocks of this machine and of a service differ.</summary>
    ClockSkew,

    /// <summary>The embedded trust has ended.</summary>
    TrustOld,

    /// <summary>There is not enough free space.</summary>
    NoSpace,

    /// <summary>A folder cannot be written to.</summary>
    NotWritable,

    /// <summary>Signatures of this version are public, and the record of that release is not here.</summary>
    SignedBefore,

    /// <summary>A check itself could not be made.</summary>
    CheckFailed,
}

/// <summary>Something that would fail later.</summary>
/// <param name="Reason">The name of an enum value, for programs.</param>
/// <param name="Subject">The file, field, address or parameter.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Stage">The stage that would have failed.</param>
internal sealed record PreflightProblem(string Reason, string Subject, string Message, string Advice, ReleaseStage Stage);

/// <summary>Everything that is known to be wrong, at once, and what cannot be known here. May be filled from several threads.</summary>
internal sealed class PreflightReport
{
    private const int Schema = 1;

    private const int Columns = 100;

    private static readonly JsonWriterOptions _json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly List<PreflightProblem> _problems = [];
    private readonly List<string> _notKnown = [];

    /// <summary>In the order of the stages.</summary>
    public IReadOnlyList<PreflightProblem> Problems
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _problems
                        .OrderBy(problem => StageWork.PlaceOf(problem.Stage))
                        .ThenBy(problem => problem.Subject, StringComparer.Ordinal),
                ];
            }
        }
    }

    public IReadOnlyList<string> NotKnown
    {
        get
        {
            lock (_gate)
            {
                return [.. _notKnown.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            }
        }
    }

    public bool IsReady => Problems.Count == 0;

    public void Add(PreflightProblem problem)
    {
        lock (_gate)
        {
            // Several checks meet the same obstacle: it belongs to the stage that would meet it first, whichever check was faster.
            var known = _problems.FindIndex(one => one.Message == problem.Message && one.Subject == problem.Subject);
            if (known < 0)
            {
                _problems.Add(problem);
            }
            else if (StageWork.PlaceOf(problem.Stage) < StageWork.PlaceOf(_problems[known].Stage))
            {
                _problems[known] = problem;
            }
        }
    }

    /// <summary>Says what only a later job can know.</summary>
    public void Unknown(string what)
    {
        lock (_gate)
        {
            _notKnown.Add(what);
        }
    }

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, _json))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            json.WriteBoolean("ready", IsReady);
            json.WriteStartArray("problems");
            foreach (var problem in Problems)
            {
                json.WriteStartObject();
                json.WriteString("reason", problem.Reason);
                json.WriteString("subject", problem.Subject);
                json.WriteString("message", problem.Message);
                json.WriteString("advice", problem.Advice);
                json.WriteString("stage", problem.Stage.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("notKnown");
            foreach (var what in NotKnown)
            {
                json.WriteStringValue(what);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>The table, no line longer than 100 columns unless a single word is.</summary>
    public IReadOnlyList<string> Lines()
    {
        var problems = Problems;
        var lines = new List<string>();
        if (problems.Count > 0)
        {
            lines.Add($"{"stage", -20} {"reason", -24} what");
            foreach (var problem in problems)
            {
                lines.Add($"{problem.Stage, -20} {problem.Reason, -24} {problem.Subject}");
                lines.AddRange(Wrapped("    ", problem.Message));
                lines.AddRange(Wrapped("    -> ", problem.Advice));
            }
        }

        foreach (var what in NotKnown)
        {
            lines.AddRange(Wrapped("not known here: ", what));
        }

        return lines;
    }

    /// <summary>Writes the file that was asked for and the table.</summary>
    public void Publish(Release release)
    {
        if (release.Options.PreflightReportFile?.MakeAbsolute(release.Context.Environment) is { } file)
        {
            OwnFile.Require(file, "--preflight-report (PYSIGN_PREFLIGHT_REPORT)", "\"schema\"");
            AtomicFile.Write(file, release.Log.Redactor.Redact(ToJson()));
            release.Log.Information($"Preflight report: {file}");
        }

        foreach (var line in Lines())
        {
            release.Log.Write(Verbosity.Minimal, IsReady ? LogLevel.Information : LogLevel.Error, line);
        }
    }

    /// <exception cref="CakeException">There are problems; exit code 20.</exception>
    public void Require()
    {
        if (!IsReady)
        {
            throw new CakeException(
                (int)ReleaseStage.Preflight,
                $"PySign-{ReleaseStage.Preflight}: {Problems.Count} problem{(Problems.Count == 1 ? "" : "s")} would stop this release "
                    + "later: "
                    + $"{string.Join("; ", Problems.Select(problem => $"{problem.Reason} ({problem.Subject})"))}. Nothing was signed or "
                    + "sent. "
                    + $"{Problems[0].Message}{Environment.NewLine}  What to do: {Problems[0].Advice}"
            );
        }
    }

    private static IEnumerable<string> Wrapped(string indent, string text)
    {
        var line = indent;
        var started = false;
        foreach (var word in text.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (started && line.Length + 1 + word.Length > Columns)
            {
                yield return line;
                line = new string(' ', indent.Length);
                started = false;
            }

            line += started ? " " + word : word;
            started = true;
        }

        yield return line;
    }
}
