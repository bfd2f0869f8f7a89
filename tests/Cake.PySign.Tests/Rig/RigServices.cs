using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Tests.Rig;

/// <summary>The services of a rig's context.</summary>
internal static class RigServices
{
    /// <summary>What the work of one call is given; what is not named is real.</summary>
    public static Services Services(
        this CakeRig rig,
        HttpMessageHandler? handler = null,
        TimeProvider? time = null,
        IChildProcessRunner? processes = null,
        SafeLog? log = null
    )
    {
        log ??= SafeLog.For(rig.Context);
        return new Services(
            rig.Environment,
            log,
            processes ?? new ChildProcessRunner(log, rig.Environment, time ?? TimeProvider.System),
            new RegistryConnections(handler, time ?? TimeProvider.System)
        );
    }
}
