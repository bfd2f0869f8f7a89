using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Cake.Core;
using Cake.PySign.Common.Network;

namespace Cake.PySign.Common.Trust;

/// <summary>
/// What one Cake process has found out about trust: each choice is resolved once, so that all stages of a release believe the same, and a
/// TUF repository is asked once. Held by the process's environment, not by a static: what one script found out is not another's.
/// </summary>
internal sealed class TrustOfProcess
{
    // A process that runs for days asks again: keys may have been revoked meanwhile.
    private static readonly TimeSpan _lifetime = TimeSpan.FromHours(12);

    private static readonly ConditionalWeakTable<ICakeEnvironment, TrustOfProcess> _all = [];

    private readonly ConcurrentDictionary<Key, ChosenTrust> _chosen = new();

    public static TrustOfProcess Of(ICakeEnvironment environment) => _all.GetValue(environment, static _ => new TrustOfProcess());

    public ChosenTrust Get(TrustSettings choice, TrustSource otherwise, NetworkSettings network, Services services)
    {
        var key = Key.Of(choice, otherwise, network, services);
        if (_chosen.TryGetValue(key, out var known) && known.ChosenAt + _lifetime > services.Time.GetUtcNow())
        {
            return known;
        }

        // Two that ask at once may both make one; the first stays, and nothing was asked yet.
        var made = ChosenTrust.From(choice, otherwise, network, services);
        return known is null ? _chosen.GetOrAdd(key, made) : _chosen.AddOrUpdate(key, made, (_, now) => now == known ? made : now);
    }

    private sealed record Key(
        FileState? TrustedRoot,
        TrustSource Source,
        Uri? Mirror,
        FileState? TufRoot,
        string? Cache,
        bool Offline,
        FileState? CaFile
    )
    {
        public HttpMessageHandler? Handler { get; private init; }

        public static Key Of(TrustSettings choice, TrustSource otherwise, NetworkSettings network, Services services) =>
            new(
                FileState.Of(choice.TrustedRoot, services.Environment),
                choice.Source ?? otherwise,
                choice.TufMirror,
                FileState.Of(choice.TufRoot, services.Environment),
                choice.TufCache?.MakeAbsolute(services.Environment).FullPath,
                choice.TufOffline,
                FileState.Of(Common.Network.CaFile.PathOf(network.CaFile, services.Environment), services.Environment)
            )
            {
                Handler = services.Handler,
            };
    }
}
