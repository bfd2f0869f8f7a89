using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Consume;

/// <summary>Checks a published release from outside. Runs on Cake 7 or newer with .NET 10; nothing that arrives is run unless an
/// installation is asked for.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Consume")]
[CakeNamespaceImport("Cake.PySign.Publish")]
public static class VerifyReleaseAliases
{
    /// <summary>Downloads every file of a version with its signature and checks all of it against a policy.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Which release, from where, and what it must satisfy.</param>
    /// <returns>Every file of the release. It exists only if all of them were verified.</returns>
    /// <exception cref="ReleaseVerificationException">The release was refused; every problem is named, and what was downloaded is
    /// gone.</exception>
    /// <exception cref="PySignException">The settings or the policy cannot be used, or a registry did not deliver.</exception>
    /// <example>
    /// <code>
    /// var release = await VerifyRelease(new VerifyReleaseSettings
    /// {
    ///     Name = "hello-pysign",
    ///     Version = "1.0.0",
    ///     Index = { Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi/simple") },
    ///     Store =
    ///     {
    ///         Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic"),
    ///     },
    ///     PolicyFile = "./pysign-policy.toml",
    ///     OutputDirectory = "./consumer",
    ///     RequirementsFile = "./requirements.txt",
    /// });
    /// Information(release.ToTable());
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Consumption")]
    public static Task<VerifiedRelease> VerifyRelease(this ICakeContext context, VerifyReleaseSettings settings) =>
        context.VerifyRelease(settings, CancellationToken.None);

    /// <summary>Downloads every file of a version with its signature and checks all of it against a policy, until it is
    /// cancelled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Which release, from where, and what it must satisfy.</param>
    /// <param name="cancellationToken">Ends it; nothing counts as verified then.</param>
    /// <returns>Every file of the release. It exists only if all of them were verified.</returns>
    /// <exception cref="ReleaseVerificationException">The release was refused; every problem is named, and what was downloaded is
    /// gone.</exception>
    /// <exception cref="PySignException">The settings or the policy cannot be used, or a registry did not deliver.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5)))
    /// {
    ///     var release = await VerifyRelease(
    ///         new VerifyReleaseSettings
    ///         {
    ///             Name = "hello-pysign",
    ///             Version = "1.0.0",
    ///             Index = { Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi/simple") },
    ///             Store =
    ///             {
    ///                 Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic"),
    ///             },
    ///             PolicyFile = "./pysign-policy.toml",
    ///             OutputDirectory = "./consumer",
    ///             ReportFile = "./verified-release.json",
    ///             Install = true,
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Consumption")]
    public static async Task<VerifiedRelease> VerifyRelease(
        this ICakeContext context,
        VerifyReleaseSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new ReleaseVerifier(Services.For(context)).VerifyAsync(settings, interruption.Token).ConfigureAwait(false);
    }
}
