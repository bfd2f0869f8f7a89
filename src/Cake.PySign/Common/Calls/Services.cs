using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Trust;

namespace Cake.PySign.Common.Calls;

/// <summary>
/// What the work of one alias call, or of one release, has to do with the world: its environment, its log, the programs that it starts,
/// its connections, the time, and who is believed. Nothing inside builds its own.
/// </summary>
internal sealed class Services(ICakeEnvironment environment, SafeLog log, IChildProcessRunner processes, RegistryConnections connections)
{
    // The one place that says what is real.
    private static readonly RegistryConnections _real = new(null, TimeProvider.System);

    public static Services For(ICakeContext context)
    {
        var log = SafeLog.For(context);
        return new Services(context.Environment, log, new ChildProcessRunner(log, context.Environment, TimeProvider.System), _real);
    }

    public ICakeEnvironment Environment => environment;

    public SafeLog Log => log;

    public IChildProcessRunner Processes => processes;

    public RegistryConnections Connections => connections;

    /// <summary>What is known of the files that this call works on.</summary>
    public KnownDigests Digests { get; private init; } = new();

    public TimeProvider Time => connections.Time;

    /// <summary>The way to services; null for real connections.</summary>
    public HttpMessageHandler? Handler => connections.Handler;

    /// <summary>The same, with the extra CA file and the limits of a call.</summary>
    /// <exception cref="PySignException">The CA file cannot be used.</exception>
    public Services Reaching(NetworkSettings network) =>
        new(environment, log, processes, connections.For(network, environment)) { Digests = Digests };

    /// <summary>A Python that can import a module.</summary>
    /// <param name="configured">The one that settings name, if any.</param>
    /// <param name="module">The module.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="PySignException">There is none.</exception>
    public Task<PythonInterpreter> FindPythonAsync(FilePath? configured, string module, CancellationToken cancellationToken) =>
        FindPythonAsync(configured, module, null, cancellationToken);

    /// <summary>The same, and what it answers to a question.</summary>
    /// <exception cref="PySignException">There is none.</exception>
    public Task<PythonInterpreter> FindPythonAsync(
        FilePath? configured,
        string module,
        PythonQuestion? question,
        CancellationToken cancellationToken
    ) => new PythonLocator(processes, environment, log).FindAsync(configured, module, question, cancellationToken);

    /// <summary>Who is believed, found out once for all calls that ask in the same words.</summary>
    /// <param name="choice">Whom the settings believe.</param>
    /// <param name="otherwise">Where the trust comes from when they leave it to the alias.</param>
    /// <param name="network">How a TUF repository is reached.</param>
    /// <exception cref="PySignException">The settings contradict each other, or name a file that is not there.</exception>
    public ChosenTrust Trust(TrustSettings choice, TrustSource otherwise, NetworkSettings network) =>
        TrustOfProcess.Of(environment).Get(new TrustQuestion(choice, otherwise, network), environment, log, connections);
}
