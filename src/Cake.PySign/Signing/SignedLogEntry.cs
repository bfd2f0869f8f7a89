namespace Cake.PySign.Signing;

/// <summary>An entry of a transparency log.</summary>
/// <param name="Log">The log's base URL as the trusted root names it, or its id in hex.</param>
/// <param name="Index">The entry's index in the log, from 0.</param>
/// <param name="IntegratedTime">When the log says it took the entry (UTC); logs of the second kind promise no time.</param>
public sealed record SignedLogEntry(string Log, long Index, DateTimeOffset? IntegratedTime);
