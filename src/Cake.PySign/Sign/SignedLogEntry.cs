using PySign.Sigstore.Verification;

namespace Cake.PySign.Sign;

/// <summary>An entry of a transparency log.</summary>
/// <param name="Log">The log's base URL as the trusted root names it.</param>
/// <param name="Index">The entry's index in the log, from 0.</param>
/// <param name="IntegratedTime">When the log says it took the entry (UTC); logs of version 2 promise no time.</param>
public sealed record SignedLogEntry(string Log, long Index, DateTimeOffset? IntegratedTime)
{
    internal static IReadOnlyList<SignedLogEntry> From(VerifiedArtifact proof) =>
        [.. proof.LogEntries.Select(entry => new SignedLogEntry(entry.BaseUrl, entry.LogIndex, entry.IntegratedTime))];
}
