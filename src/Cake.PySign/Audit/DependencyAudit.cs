using System.Collections.Concurrent;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Audit.Reports;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Toml;

namespace Cake.PySign.Audit;

/// <summary>Audits locked packages: reads the lock files, asks each index once a project, verifies, compares with memory and
/// policy.</summary>
internal sealed class DependencyAudit(AuditServices services)
{
    private const int Parallelism = 8;
    private const int MostParallel = 64;

    public static DependencyAudit For(ICakeContext context) => new(AuditServices.For(context));

    /// <summary>How many requests the last run sent.</summary>
    public int Requests { get; private set; }

    public async Task<AuditReport> RunAsync(
        IEnumerable<FilePath> lockFiles,
        PyAuditDependenciesSettings settings,
        CancellationToken cancellationToken
    )
    {
        Check(settings);
        RequirePlaces(settings);
        var locks = new AuditLocks(services.Environment, Selection(settings)).Read(lockFiles);
        var policyFile = settings.DependencyPolicyFile.MakeAbsolute(services.Environment);
        var (policy, document) = File.Exists(policyFile.FullPath) ? new AuditPolicyReader(policyFile).Read() : (AuditPolicy.None, null);
        var cache = settings.NoCache ? null : new AuditCache(CacheFolder(settings));
        var rows = locks.SelectMany(one => one.Lock.Packages.Select(package => Row(one.Path, package, settings.Index.Url))).ToList();

        var judged = await JudgeAsync(rows, settings, policy, cache, cancellationToken).ConfigureAwait(false);
        var today = DateOnly.FromDateTime(services.Time.GetUtcNow().UtcDateTime);
        var before = cache?.States() ?? [];
        var packages = rows.Zip(judged)
            .Select(pair => AuditVerdict.Of(Remembered(pair.Second, before), pair.First.Package, policy, today))
            .ToList();
        Keep(cache, before, packages);
        var report = new AuditReport
        {
            Locks = [.. locks.Select(one => new AuditedLock(one.Path, one.Lock.Kind, one.Lock.Packages.Count, one.Lock.Remarks))],
            Packages = Sorted(packages),
            SilentIndexes = Silent(packages),
            PolicyErrors = Expired(policy, today),
            PolicyRemarks = Remarks(policy, packages, today),
            DependencyPolicyFile = document is null ? null : policyFile,
            ReportDirectory = settings.ReportDirectory?.MakeAbsolute(services.Environment),
        };
        if (report.ReportDirectory is { } folder)
        {
            AuditFiles.Write(folder, report);
        }

        Write(report, settings, policyFile, document, policy);
        WriteBack(settings, locks, rows, packages);
        return report;
    }

    private static List<AuditedPackage> Sorted(IEnumerable<AuditedPackage> packages) =>
        [
            .. packages
                .OrderBy(static row => row.LockFile, StringComparer.Ordinal)
                .ThenBy(static row => row.Name, StringComparer.Ordinal)
                .ThenBy(static row => row.Version, StringComparer.Ordinal),
        ];

    /// <summary>Publishers into the lock files, and requirements of what may be installed, where that was asked for.</summary>
    private void WriteBack(
        PyAuditDependenciesSettings settings,
        IReadOnlyList<ReadLock> locks,
        List<AuditRow> rows,
        List<AuditedPackage> packages
    )
    {
        if (settings.WriteIdentities)
        {
            var written = LockIdentities.Write(locks, packages);
            services.Log.Information(
                written.Count == 0
                    ? "No pylock.toml needs other attestation-identities than it has."
                    : $"Wrote attestation-identities, for review in {string.Join(", ", written)}"
            );
        }

        if (settings.RequirementsFile?.MakeAbsolute(services.Environment) is { } requirements)
        {
            SatisfiedRequirements.Write(requirements, SatisfiedRequirements.Of([.. packages.Zip(rows.Select(static row => row.Package))]));
        }
    }

    /// <summary>What is written at the end is refused at the beginning, where it would replace somebody's file.</summary>
    private void RequirePlaces(PyAuditDependenciesSettings settings)
    {
        if (settings.ReportDirectory?.MakeAbsolute(services.Environment) is { } folder)
        {
            AuditFiles.Require(folder);
        }

        if (settings.RequirementsFile?.MakeAbsolute(services.Environment) is { } requirements)
        {
            const string Setting = "RequirementsFile (--audit-requirements, PYSIGN_AUDIT_REQUIREMENTS)";
            OwnFile.Require(requirements, Setting, OwnFile.RequirementsHeader);
        }
    }

    private static void Check(PyAuditDependenciesSettings settings)
    {
        if (settings.Index.Url is not null)
        {
            ServiceAddress.Require(settings.Index.Url, "Index.Url");
        }

        if (settings.Network.Parallel(Parallelism) > MostParallel)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"Network.MaxParallel is {settings.Network.MaxParallel}; an index is asked at most {MostParallel} things at a time."
            );
        }

        if (settings.PromoteAfterVersions < 1 || settings.PromoteAfterMonths < 0)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "PromoteAfterVersions must be 1 or more, PromoteAfterMonths 0 or more."
            );
        }
    }

    private static LockSelection Selection(PyAuditDependenciesSettings settings) =>
        settings.Groups is null && settings.Extras is null
            ? LockSelection.All
            : new LockSelection(
                settings.Groups is null ? null : [.. settings.Groups],
                settings.Extras is null ? null : [.. settings.Extras]
            );

    private string CacheFolder(PyAuditDependenciesSettings settings) =>
        settings.CacheDirectory?.MakeAbsolute(services.Environment).FullPath
        ?? System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "cake-pysign",
            "audit"
        );

    private static AuditRow Row(string path, LockedPackage package, Uri? instead)
    {
        if (instead is not null)
        {
            return new AuditRow(path, package, instead, IndexAssumed: false);
        }

        return package.Source.Location is { } location
            ? new AuditRow(path, package, Uri.TryCreate(location, UriKind.Absolute, out var named) ? named : null, IndexAssumed: false)
            : new AuditRow(path, package, AuditServices.PyPi, IndexAssumed: true);
    }

    private async Task<IReadOnlyList<AuditedPackage>> JudgeAsync(
        List<AuditRow> rows,
        PyAuditDependenciesSettings settings,
        AuditPolicy policy,
        AuditCache? cache,
        CancellationToken cancellationToken
    )
    {
        var results = rows.Select(row => UnaskedPackages.Judge(row, settings.DownloadUnhashed)).ToArray();
        var judge = await services
            .JudgeAsync(settings.Trust, settings.Network, settings.CertificateOidcIssuer, cancellationToken)
            .ConfigureAwait(false);
        using var indexes = new AuditIndexes(uri =>
            services.Index(uri, settings.Network, settings.Index.Url is null ? null : settings.Index, cache)
        );
        var projects = ByProject(rows, Enumerable.Range(0, rows.Count).Where(i => results[i] is null));
        var progress = new AuditProgress(services.Log, projects.Count);
        await Parallel
            .ForEachAsync(
                projects,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = settings.Network.Parallel(Parallelism),
                    CancellationToken = cancellationToken,
                },
                async (project, token) =>
                {
                    var first = rows[project[0]];
                    var index = indexes.Get(first.Index!);
                    var packages = new PackageJudge(index, judge, settings.DownloadUnhashed);
                    var page = await index.PageAsync(first.Package.Name, token).ConfigureAwait(false);
                    foreach (var i in project)
                    {
                        var expected = AuditVerdict.Expected(rows[i].Package, policy);
                        results[i] = Torn(rows[i], await packages.JudgeAsync(rows[i], page, expected, token).ConfigureAwait(false));
                    }

                    progress.Done();
                }
            )
            .ConfigureAwait(false);
        Requests = indexes.Requests;
        return results!;
    }

    /// <summary>Rows that one page of an index answers for.</summary>
    private static List<List<int>> ByProject(List<AuditRow> rows, IEnumerable<int> asked) =>
        [
            .. asked
                .GroupBy(i => (Index: AuditIndexes.Key(rows[i].Index!), rows[i].Package.Name.Normalized))
                .Select(static project => project.ToList()),
        ];

    // Which of several indexes serves it is open; what the first one proves of the very bytes holds all the same.
    private static AuditedPackage Torn(AuditRow row, AuditedPackage judged) =>
        row.Package.Source.Kind == LockedSourceKind.SeveralIndexes && judged.Reason is AuditReason.HashNotServed or AuditReason.NotInIndex
            ? PackageJudge.Row(
                row,
                AuditState.Unjudged,
                AuditReason.SeveralIndexes,
                "The lock file leaves open which of several indexes serves it."
            )
            : judged;

    private static AuditedPackage Remembered(AuditedPackage row, Dictionary<string, AuditedBefore> before) =>
        row.State == AuditState.Unknown && before.TryGetValue(StateKey(row), out var last) ? row with { Before = last } : row;

    private void Keep(AuditCache? cache, Dictionary<string, AuditedBefore> before, List<AuditedPackage> packages)
    {
        if (cache is null)
        {
            return;
        }

        var now = services.Time.GetUtcNow();
        foreach (var row in packages.Where(static row => row.IndexUrl is not null && row.State != AuditState.Unknown))
        {
            before[StateKey(row)] = new AuditedBefore(row.State, now);
        }

        cache.KeepStates(before);
    }

    private static string StateKey(AuditedPackage row) => $"{row.IndexUrl!.AbsoluteUri} {row.Name} {row.Version}";

    private static IReadOnlyList<Uri> Silent(List<AuditedPackage> packages) =>
        [
            .. packages
                .Where(static row =>
                    row is { State: AuditState.IndexWithoutAttestations, Reason: AuditReason.IndexSilent, IndexUrl: not null }
                )
                .Select(static row => row.IndexUrl!)
                .Distinct()
                .OrderBy(static index => index.AbsoluteUri, StringComparer.Ordinal),
        ];

    private static IReadOnlyList<string> Expired(AuditPolicy policy, DateOnly today) =>
        [
            .. policy
                .Exceptions.Where(one => one.Until < today)
                .Select(static one =>
                    $"The exception of {one.Package} ended on {one.Until:yyyy-MM-dd} ({AuditText.Shown(one.Reason)}): decide again, or "
                    + "take it out."
                ),
        ];

    private static IReadOnlyList<string> Remarks(AuditPolicy policy, List<AuditedPackage> packages, DateOnly today) =>
        [
            .. policy
                .Exceptions.Where(one =>
                    one.Until >= today && !packages.Exists(row => row.Unmet.Count > 0 && AuditPolicy.Matches(one.Package, row.Name))
                )
                .Select(static one => $"Nothing needs the exception of {one.Package} any more."),
            .. policy
                .Rules.Where(rule =>
                    !rule.IsPattern && rule.Mode == AuditMode.Enforce && !packages.Exists(row => row.Name == AuditPolicy.Normal(rule.Key))
                )
                .Select(static rule => $"{rule.Key} is enforced and not locked."),
        ];

    private void Write(
        AuditReport report,
        PyAuditDependenciesSettings settings,
        FilePath policyFile,
        TomlDocument? document,
        AuditPolicy policy
    )
    {
        if (settings.Accept)
        {
            document = AuditMemory.Accept(document, policy, report.Packages);
            AuditMemory.Write(policyFile, document);
            services.Log.Information(
                $"Accepted what was found, on first use where nothing was remembered: review the changes of {policyFile}."
            );
        }

        if (settings.Promote && document is not null)
        {
            var before = services.Time.GetUtcNow().AddMonths(-settings.PromoteAfterMonths);
            (document, var moved) = AuditMemory.Promote(document, policy, report.Packages, settings.PromoteAfterVersions, before);
            AuditMemory.Write(policyFile, document);
            services.Log.Information(
                moved.Count == 0
                    ? "Nothing has been attested long enough to be enforced."
                    : $"Moved to enforce, for review in {policyFile}: {string.Join(", ", moved)}"
            );
        }
    }
}

/// <summary>The indexes of a run, each with connections that are kept.</summary>
internal sealed class AuditIndexes(Func<Uri, AuditIndex> open) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<AuditIndex>> _indexes = new(StringComparer.Ordinal);

    public int Requests => _indexes.Values.Sum(static index => index.Value.Requests);

    /// <summary>What two spellings of one index have in common.</summary>
    public static string Key(Uri index) => index.AbsoluteUri.TrimEnd('/');

    public AuditIndex Get(Uri index) => _indexes.GetOrAdd(Key(index), _ => new Lazy<AuditIndex>(() => open(index))).Value;

    public void Dispose()
    {
        foreach (var index in _indexes.Values.Where(static index => index.IsValueCreated))
        {
            index.Value.Dispose();
        }
    }
}

/// <summary>Tells at each tenth of a long run how far it is.</summary>
internal sealed class AuditProgress(SafeLog log, int all)
{
    private const int Long = 50;

    private int _done;

    public void Done()
    {
        var done = Interlocked.Increment(ref _done);
        if (all >= Long && done * 10 / all != (done - 1) * 10 / all)
        {
            log.Information($"Audited {done} of {all} projects");
        }
    }
}
