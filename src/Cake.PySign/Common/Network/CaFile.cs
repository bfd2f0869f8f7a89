using Cake.Core;
using Cake.Core.IO;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>The extra CA file of a call: what its settings name, else the variable.</summary>
internal static class CaFile
{
    public const string Variable = "PYSIGN_CA_FILE";

    /// <returns><see langword="null"/> when none is named.</returns>
    /// <exception cref="PySignException">It cannot be used; nothing was called.</exception>
    public static ExtraAuthorities? Of(FilePath? setting, ICakeEnvironment environment)
    {
        var path = setting ?? (environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? new FilePath(named) : null);
        if (path is null)
        {
            return null;
        }

        try
        {
            return ExtraAuthorities.Load(path.MakeAbsolute(environment).FullPath);
        }
        catch (CaFileException e)
        {
            throw new PySignException(
                e.IsMissing ? PySignFailure.MissingFile : PySignFailure.InvalidSettings,
                e.Message,
                $"Name a PEM file with the certificates of your authority in {(setting is null ? Variable : "Network.CaFile")}, or leave it out.",
                e
            );
        }
    }

    /// <summary>A handler for real connections that trusts the extra file; the caller disposes it.</summary>
    /// <returns><see langword="null"/> when none is named: the usual connections do.</returns>
    public static HttpMessageHandler? Handler(FilePath? setting, ICakeEnvironment environment) =>
        Of(setting, environment) is { } authorities ? ServiceHandler.Create(authorities) : null;
}
