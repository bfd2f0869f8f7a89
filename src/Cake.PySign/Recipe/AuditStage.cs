using Cake.Core;
using Cake.PySign.Audit;
using Cake.PySign.Audit.Reports;
using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Logging;
using PySign.Packaging.LockFiles;

namespace Cake.PySign.Recipe;

/// <summary><c>PySign-Audit</c>: audits the lock files, writes the reports, and fails on what is enforced and not satisfied.</summary>
internal static class AuditStage
{
    public static async Task RunAsync(ICakeContext context, ReleaseOptions options, TextWriter console, CancellationToken cancellationToken)
    {
        var log = SafeLog.For(context);
        var settings = options.Audit;
        var locks = options.LockFiles.Count > 0 ? [.. options.LockFiles] : AuditLocks.In(context.Environment.WorkingDirectory);
        var report = await DependencyAudit.For(context).RunAsync(locks, settings, cancellationToken).ConfigureAwait(false);
        var findings = AuditFindings.Of(report);
        foreach (var line in AuditSummary.Table(report, findings))
        {
            log.Information(line);
        }

        await TellGitHubAsync(context, report, findings, console, cancellationToken).ConfigureAwait(false);
        if (!report.IsSatisfied)
        {
            var names = report.Failures.Select(static row => $"{row.Name} {AuditText.Shown(row.Version)}").Take(20);
            throw new PySignException(
                PySignFailure.AuditNotSatisfied,
                string.Join(
                    Environment.NewLine,
                    [AuditSummary.Counts(report), .. names.Select(static name => "  " + name), .. report.PolicyErrors]
                ),
                $"The reports in {settings.ReportDirectory} say what is missing. A decision to go on all the same belongs in an exception "
                    + "with a reason and an end."
            );
        }
    }

    /// <summary>What the script says; where it names no projects, with some that the lock files pin.</summary>
    private static PyCheckMirrorSettings MirrorSettings(ICakeContext context, ReleaseOptions options)
    {
        const int Most = 20;
        var given = options.Mirror;
        if (given.Packages.Count > 0)
        {
            return given;
        }

        var settings = new PyCheckMirrorSettings
        {
            Mirror = given.Mirror,
            Upstream = given.Upstream,
            Network = given.Network,
        };
        var locks = options.LockFiles.Count > 0 ? [.. options.LockFiles] : AuditLocks.In(context.Environment.WorkingDirectory);
        var names = new AuditLocks(context.Environment, LockSelection.All)
            .Read(locks)
            .SelectMany(static one => one.Lock.Packages)
            .Where(static package => package.Source.Kind == LockedSourceKind.Index)
            .Select(static package => package.Name.Normalized);
        foreach (var name in names.Distinct(StringComparer.Ordinal).Take(Most))
        {
            settings.Packages.Add(name);
        }

        return settings;
    }

    public static async Task CheckMirrorAsync(ICakeContext context, ReleaseOptions options, CancellationToken cancellationToken)
    {
        var (log, settings) = (SafeLog.For(context), MirrorSettings(context, options));
        var report = await new MirrorCheck(AuditServices.For(context)).CheckAsync(settings, cancellationToken).ConfigureAwait(false);
        log.Information($"{report.MirrorUrl.AbsoluteUri} beside {report.UpstreamUrl.AbsoluteUri}, {settings.Packages.Count} projects");
        foreach (var one in report.Behaviors)
        {
            log.Information($"{one.Name, -16} {AuditNames.Of(one.Outcome), -9} {one.Detail}. {one.Meaning}");
        }

        if (!report.IsFaithful)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"{report.MirrorUrl.AbsoluteUri} serves something else than {report.UpstreamUrl.AbsoluteUri}.",
                "Do not install from it before it is known why."
            );
        }
    }

    public static async Task InspectAsync(ICakeContext context, ReleaseOptions options, CancellationToken cancellationToken)
    {
        var log = SafeLog.For(context);
        var shown = await new AttestationInspector(AuditServices.For(context))
            .InspectAsync(options.Inspect, cancellationToken)
            .ConfigureAwait(false);
        foreach (var line in AttestationInspector.Table(shown))
        {
            log.Information(line);
        }
    }

    // Workflow commands stand at the beginning of a line of their own, which Cake's log does not promise.
    private static async Task TellGitHubAsync(
        ICakeContext context,
        AuditReport report,
        IReadOnlyList<AuditFinding> findings,
        TextWriter console,
        CancellationToken cancellationToken
    )
    {
        if (context.Environment.GetEnvironmentVariable("GITHUB_ACTIONS") != "true")
        {
            return;
        }

        foreach (var annotation in AuditSummary.Annotations(findings))
        {
            await console.WriteLineAsync(annotation.AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        StepSummary.Append(context.Environment, SafeLog.For(context), () => AuditSummary.Markdown(report, findings));
    }
}
