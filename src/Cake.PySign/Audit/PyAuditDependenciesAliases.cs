using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Audit;

/// <summary>Says whom locked dependencies come from. Runs on Cake 7 or newer with .NET 10; no Python is needed, and nothing of a package is
/// unpacked or run.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Audit")]
[CakeNamespaceImport("PySign.Packaging.LockFiles")]
public static class PyAuditDependenciesAliases
{
    /// <summary>Audits the attestations of every package that lock files pin.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="lockFiles">Lock files: pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, requirements files with
    /// hashes.</param>
    /// <param name="settings">Policy, index and trust.</param>
    /// <returns>Every package with its state. What is enforced and not satisfied does not throw: see
    /// <see cref="AuditReport.IsSatisfied"/>.</returns>
    /// <exception cref="PySignException">A lock file or the policy cannot be read.</exception>
    /// <example>
    /// <code>
    /// var settings = new PyAuditDependenciesSettings { ReportDirectory = "./artifacts/audit" };
    /// var audit = await PyAuditDependencies(GetFiles("./uv.lock"), settings);
    /// foreach (var package in audit.Failures)
    /// {
    ///     Error("{0} {1}: {2}", package.Name, package.Version, string.Join(" ", package.Unmet));
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static Task<AuditReport> PyAuditDependencies(
        this ICakeContext context,
        IEnumerable<FilePath> lockFiles,
        PyAuditDependenciesSettings settings
    ) => context.PyAuditDependencies(lockFiles, settings, CancellationToken.None);

    /// <summary>Audits the attestations of every package that lock files pin, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="lockFiles">Lock files: pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, requirements files with
    /// hashes.</param>
    /// <param name="settings">Policy, index and trust.</param>
    /// <param name="cancellationToken">Ends the audit; the memory file stays as it was.</param>
    /// <returns>Every package with its state. What is enforced and not satisfied does not throw: see
    /// <see cref="AuditReport.IsSatisfied"/>.</returns>
    /// <exception cref="PySignException">A lock file or the policy cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10)))
    /// {
    ///     var audit = await PyAuditDependencies(GetFiles("./*.lock"), new PyAuditDependenciesSettings(), patience.Token);
    ///     Information("{0} packages", audit.Packages.Count);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static async Task<AuditReport> PyAuditDependencies(
        this ICakeContext context,
        IEnumerable<FilePath> lockFiles,
        PyAuditDependenciesSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(lockFiles);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await DependencyAudit.For(context).RunAsync(lockFiles, settings, interruption.Token).ConfigureAwait(false);
    }
}
