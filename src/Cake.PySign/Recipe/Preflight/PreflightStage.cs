using Cake.Core;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>
/// Everything that can be known about a release before something happens that cannot be taken back: all of it is looked at, and all that
/// is wrong is said at once. Nothing is signed and nothing is sent, but for identity tokens to the services that they are made for.
/// </summary>
internal static class PreflightStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        var report = await ReportAsync(release, cancellationToken).ConfigureAwait(false);
        report.Publish(release);
        report.Require();
        PreflightRecord.Write(release, report);
        release.Log.Information("Preflight: nothing is known that would stop this release.");
    }

    public static async Task<PreflightReport> ReportAsync(Release release, CancellationToken cancellationToken)
    {
        var report = new PreflightReport();
        var ledger = release.Dist.ReadChecked();
        var check = new PreflightContext(release, ledger, report, IsAlone(release));
        await Task.WhenAll(
                Guarded(check, ReleaseStage.Publish, DistributionRules.Check),
                Guarded(check, ReleaseStage.Sign, MachineCheck.Check),
                Guarded(check, ReleaseStage.Sign, SigningCheck.CheckAsync, cancellationToken),
                Guarded(check, ReleaseStage.PublishSignatures, DestinationCheck.SignaturesAsync, cancellationToken),
                Guarded(check, ReleaseStage.Publish, DestinationCheck.PackagesAsync, cancellationToken),
                Guarded(check, ReleaseStage.Publish, TrustedPublishingCheck.CheckAsync, cancellationToken),
                Guarded(check, ReleaseStage.Publish, TwineCheck.CheckAsync, cancellationToken)
            )
            .ConfigureAwait(false);
        return report;
    }

    /// <summary>One of the two plans of a dry run, when nothing is signed yet.</summary>
    /// <exception cref="Cake.Core.CakeException">Something is in the way.</exception>
    public static async Task PlanAsync(
        Release release,
        Func<PreflightContext, CancellationToken, Task> plan,
        CancellationToken cancellationToken
    )
    {
        var report = new PreflightReport();
        await plan(new PreflightContext(release, release.Dist.ReadChecked(), report, IsAlone: true), cancellationToken)
            .ConfigureAwait(false);
        foreach (var line in report.Lines())
        {
            release.Log.Information(line);
        }

        report.Require();
    }

    /// <summary>Whether this task was asked for by name: later jobs then have what this one has not.</summary>
    private static bool IsAlone(Release release) =>
        release.Context.Arguments.GetArgument("target") is { } target
        && target.EndsWith($"-{ReleaseStage.Preflight}", StringComparison.OrdinalIgnoreCase);

    private static Task Guarded(PreflightContext check, ReleaseStage stage, Action<PreflightContext> run) =>
        Guarded(
            check,
            stage,
            (context, _) =>
            {
                run(context);
                return Task.CompletedTask;
            },
            CancellationToken.None
        );

    private static async Task Guarded(
        PreflightContext check,
        ReleaseStage stage,
        Func<PreflightContext, CancellationToken, Task> run,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        try
        {
            await run(check, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PySignException or SigningException)
        {
            check.Add(stage, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            check.Report.Add(
                new PreflightProblem(nameof(PreflightReason.CheckFailed), "", e.Message, "Make the file readable, then run again.", stage)
            );
        }
    }
}

/// <summary>What a check works on.</summary>
/// <param name="Release">The release.</param>
/// <param name="Ledger">Its files, as they were compared with those on disk.</param>
/// <param name="Report">Where problems go.</param>
/// <param name="IsAlone">Whether the other stages run in jobs of their own.</param>
internal sealed record PreflightContext(Release Release, Ledger Ledger, PreflightReport Report, bool IsAlone)
{
    public ReleaseOptions Options => Release.Options;

    public string? Variable(string name) =>
        Release.Context.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Adds what a step of the release would have failed with.</summary>
    public void Add(ReleaseStage stage, Exception e, string subject = "")
    {
        var (reason, message, advice) = e switch
        {
            SigningException signing => (signing.Reason.ToString(), signing.Message, signing.Advice),
            PySignException known => (known.Reason.ToString(), WithoutAdvice(known), known.Advice ?? ""),
            _ => (nameof(PreflightReason.CheckFailed), e.Message, ""),
        };
        Report.Add(new PreflightProblem(reason, subject, message, $"{advice} {CiPlaces.Of(reason, Variable)}".Trim(), stage));
    }

    public void Add(ReleaseStage stage, PreflightReason reason, string subject, string message, string advice) =>
        Report.Add(new PreflightProblem(reason.ToString(), subject, message, advice, stage));

    /// <summary>A problem where all stages run here; otherwise something that only a later job knows.</summary>
    public void AddOrUnknown(ReleaseStage stage, Exception e, string unknown)
    {
        if (IsAlone)
        {
            Report.Unknown(unknown);
        }
        else
        {
            Add(stage, e);
        }
    }

    private static string WithoutAdvice(PySignException e) =>
        e.Advice is { } advice && e.Message.EndsWith(advice, StringComparison.Ordinal)
            ? e.Message[..^advice.Length].Replace("What to do:", "", StringComparison.Ordinal).Trim()
            : e.Message;
}
