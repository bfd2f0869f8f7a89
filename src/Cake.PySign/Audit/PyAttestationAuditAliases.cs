using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Audit;

/// <summary>Looks at single distributions and at mirrors of indexes. Runs on Cake 7 or newer with .NET 10; nothing of a package is
/// unpacked or run.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Audit")]
[CakeNamespaceImport("Cake.PySign.Verify")]
public static class PyAttestationAuditAliases
{
    /// <summary>Shows what attestations hold, without judging them.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">A file, an address, or a version in an index.</param>
    /// <returns>What every attestation holds, not verified.</returns>
    /// <exception cref="PySignException">There is nothing of the kind, or it cannot be read.</exception>
    /// <example>
    /// <code>
    /// foreach (var shown in await PyInspectAttestations(new PyInspectAttestationsSettings { Name = "sampleproject", Version = "4.0.0" }))
    /// {
    ///     Information("NOT VERIFIED: {0} {1}", shown.PredicateType, shown.Identity);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static Task<IReadOnlyList<InspectedAttestation>> PyInspectAttestations(
        this ICakeContext context,
        PyInspectAttestationsSettings settings
    ) => context.PyInspectAttestations(settings, CancellationToken.None);

    /// <summary>Shows what attestations hold, without judging them, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">A file, an address, or a version in an index.</param>
    /// <param name="cancellationToken">Ends every request.</param>
    /// <returns>What every attestation holds, not verified.</returns>
    /// <exception cref="PySignException">There is nothing of the kind, or it cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
    /// {
    ///     var shown = await PyInspectAttestations(new PyInspectAttestationsSettings { File = "./demo.provenance" }, patience.Token);
    ///     Information("{0} attestations", shown.Count);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static async Task<IReadOnlyList<InspectedAttestation>> PyInspectAttestations(
        this ICakeContext context,
        PyInspectAttestationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new AttestationInspector(AuditServices.For(context)).InspectAsync(settings, interruption.Token).ConfigureAwait(false);
    }

    /// <summary>Verifies that a version in an index is what a project's workflow published.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Which version, and whose it must be.</param>
    /// <returns>Every file of it, with its publisher and what was verified.</returns>
    /// <exception cref="PySignException">A file is not proven, or it is not known whose it must be.</exception>
    /// <example>
    /// <code>
    /// await PyVerifyDistribution(new PyVerifyDistributionSettings
    /// {
    ///     Name = "sampleproject",
    ///     Version = "4.0.0",
    ///     Publisher = TrustedPublisher.GitHub("pypa/sampleproject", "release.yml"),
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static Task<IReadOnlyList<VerifiedDistribution>> PyVerifyDistribution(
        this ICakeContext context,
        PyVerifyDistributionSettings settings
    ) => context.PyVerifyDistribution(settings, CancellationToken.None);

    /// <summary>Verifies that a version in an index is what a project's workflow published, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Which version, and whose it must be.</param>
    /// <param name="cancellationToken">Ends every request.</param>
    /// <returns>Every file of it, with its publisher and what was verified.</returns>
    /// <exception cref="PySignException">A file is not proven, or it is not known whose it must be.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
    /// {
    ///     var files = await PyVerifyDistribution(
    ///         new PyVerifyDistributionSettings { Name = "sampleproject", Version = "4.0.0", ShowPublisher = true },
    ///         patience.Token);
    ///     Information("{0}", files[0].Publisher);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static async Task<IReadOnlyList<VerifiedDistribution>> PyVerifyDistribution(
        this ICakeContext context,
        PyVerifyDistributionSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new DistributionCheck(AuditServices.For(context)).VerifyAsync(settings, interruption.Token).ConfigureAwait(false);
    }

    /// <summary>Says what a mirror or proxy of an index passes through, leaves out or changes.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">The mirror, its upstream, and projects to compare.</param>
    /// <returns>What it does with each kind of thing, and what that means for an audit behind it.</returns>
    /// <exception cref="PySignException">The settings cannot be used.</exception>
    /// <example>
    /// <code>
    /// var settings = new PyCheckMirrorSettings { Mirror = { Url = new Uri("https://mirror.example/simple") } };
    /// settings.Packages.Add("sampleproject");
    /// foreach (var behavior in (await PyCheckMirror(settings)).Behaviors)
    /// {
    ///     Information("{0}: {1}. {2}", behavior.Name, behavior.Outcome, behavior.Meaning);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static Task<MirrorReport> PyCheckMirror(this ICakeContext context, PyCheckMirrorSettings settings) =>
        context.PyCheckMirror(settings, CancellationToken.None);

    /// <summary>Says what a mirror or proxy of an index passes through, leaves out or changes, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">The mirror, its upstream, and projects to compare.</param>
    /// <param name="cancellationToken">Ends every request.</param>
    /// <returns>What it does with each kind of thing, and what that means for an audit behind it.</returns>
    /// <exception cref="PySignException">The settings cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5)))
    /// {
    ///     var settings = new PyCheckMirrorSettings { Mirror = { Url = new Uri("https://mirror.example/simple") } };
    ///     settings.Packages.Add("sampleproject");
    ///     var report = await PyCheckMirror(settings, patience.Token);
    ///     Information(report.IsFaithful ? "faithful" : "it serves something else");
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Audit")]
    public static async Task<MirrorReport> PyCheckMirror(
        this ICakeContext context,
        PyCheckMirrorSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new MirrorCheck(AuditServices.For(context)).CheckAsync(settings, interruption.Token).ConfigureAwait(false);
    }
}
