namespace Cake.PySign.Common.Network;

/// <summary>What arrived of a file: hashed on the way, whatever the registry claims.</summary>
internal sealed record RegistryDownload(Uri Url, string Sha256, long Size);
