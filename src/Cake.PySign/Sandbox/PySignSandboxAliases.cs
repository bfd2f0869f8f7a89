using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sandbox;

/// <summary>
/// Rehearses a release on one machine. Runs on Cake 7 or newer with .NET 10; the ASP.NET Core runtime (part of the SDK) must be there,
/// because the sandbox is a program of its own.
/// </summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sandbox")]
public static class PySignSandboxAliases
{
    /// <summary>Starts the sandbox on a free port of 127.0.0.1.</summary>
    /// <param name="context">The Cake context.</param>
    /// <returns>The running sandbox; dispose it to end it.</returns>
    /// <exception cref="PySignException">It could not be started.</exception>
    /// <example>
    /// <code>
    /// await using (var sandbox = await StartPySignSandbox())
    /// {
    ///     Information("The rehearsal's log is at {0}", sandbox.Info.BaseUrl);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Sandbox")]
    public static Task<PySignSandbox> StartPySignSandbox(this ICakeContext context) =>
        context.StartPySignSandbox(new StartPySignSandboxSettings());

    /// <summary>Starts the sandbox as the settings say.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Where its files go, and how long it may take to start.</param>
    /// <returns>The running sandbox; dispose it to end it.</returns>
    /// <exception cref="PySignException">It could not be started.</exception>
    /// <example>
    /// <code>
    /// await using (var sandbox = await StartPySignSandbox(new StartPySignSandboxSettings { StateDirectory = "./artifacts/sandbox" }))
    /// {
    ///     var token = await sandbox.MintGitLabTokenAsync();
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Sandbox")]
    public static Task<PySignSandbox> StartPySignSandbox(this ICakeContext context, StartPySignSandboxSettings settings) =>
        context.StartPySignSandbox(settings, CancellationToken.None);

    /// <summary>Starts the sandbox as the settings say, unless it is canceled before it listens.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Where its files go, and how long it may take to start.</param>
    /// <param name="cancellationToken">Ends the start; a sandbox that runs is ended by disposing it.</param>
    /// <returns>The running sandbox; dispose it to end it.</returns>
    /// <exception cref="PySignException">It could not be started.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
    /// await using (var sandbox = await StartPySignSandbox(new StartPySignSandboxSettings(), patience.Token))
    /// {
    ///     Information("{0}", sandbox.Info.TrustedRoot);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Sandbox")]
    public static async Task<PySignSandbox> StartPySignSandbox(
        this ICakeContext context,
        StartPySignSandboxSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new SandboxStarter(Services.For(context)).StartAsync(settings, interruption.Token).ConfigureAwait(false);
    }
}
