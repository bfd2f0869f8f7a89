using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Cake.Core;
using Cake.PySign.Common.Logging;
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

    public ChosenTrust Get(TrustQuestion question, ICakeEnvironment environment, SafeLog log, RegistryConnections connections)
    {
        var key = Key.Of(question, environment, connections.Handler);
        if (_chosen.TryGetValue(key, out var known) && known.ChosenAt + _lifetime > connections.Time.GetUtcNow())
        {
            return known;
        }

        // Two that ask at once may both make one; the first stays, and nothing was asked yet.
        var made = ChosenTrust.From(question, environment, log, connections);
        return known is null ? _chosen.GetOrAdd(key, made) : _chosen.AddOrUpdate(key, made, (_, now) => now == known ? made : now);
    }

    /// <summary>Everything that the answer depends on.</summary>
    private sealed record Key
    {
        private Key() { }

        private FileState? TrustedRoot { get; init; }

        private TrustSource Source { get; init; }

        private Uri? Mirror { get; init; }

        private FileState? TufRoot { get; init; }

        private string? Cache { get; init; }

        private bool Offline { get; init; }

        private FileState? CaFile { get; init; }

        private HttpMessageHandler? Handler { get; init; }

        public static Key Of(TrustQuestion question, ICakeEnvironment environment, HttpMessageHandler? handler) =>
            new()
            {
                TrustedRoot = FileState.Of(question.Choice.TrustedRoot, environment),
                Source = question.Source,
                Mirror = question.Choice.TufMirror,
                TufRoot = FileState.Of(question.Choice.TufRoot, environment),
                Cache = question.Choice.TufCacheDirectory?.MakeAbsolute(environment).FullPath,
                Offline = question.Choice.TufOffline,
                CaFile = FileState.Of(Common.Network.CaFile.PathOf(question.Network.CaFile, environment), environment),
                Handler = handler,
            };
    }
}
