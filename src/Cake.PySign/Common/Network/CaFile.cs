using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Cake.Core;
using Cake.Core.IO;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>The extra CA file of a call: what its settings name, else the variable.</summary>
internal static class CaFile
{
    public const string Variable = "PYSIGN_CA_FILE";

    // What one process has read: a release asks at every connection.
    private static readonly ConditionalWeakTable<ICakeEnvironment, ConcurrentDictionary<FileState, ExtraAuthorities>> _read = [];

    /// <summary>Which file is meant; <see langword="null"/> when none is named.</summary>
    public static FilePath? PathOf(FilePath? setting, ICakeEnvironment environment) =>
        setting ?? (environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? new FilePath(named) : null);

    /// <returns><see langword="null"/> when none is named.</returns>
    /// <exception cref="PySignException">It cannot be used; nothing was called.</exception>
    public static ExtraAuthorities? Of(FilePath? setting, ICakeEnvironment environment)
    {
        var path = PathOf(setting, environment);
        if (path is null)
        {
            return null;
        }

        try
        {
            return _read
                .GetValue(environment, static _ => [])
                .GetOrAdd(FileState.Of(path, environment)!.Value, static file => ExtraAuthorities.Load(file.Path));
        }
        catch (CaFileException e)
        {
            throw new PySignException(
                e.IsMissing ? PySignFailure.MissingFile : PySignFailure.InvalidSettings,
                e.Message,
                $"Name a PEM file with the certificates of your authority in {(setting is null ? Variable : "Network.CaFile")}, or leave "
                    + "it out.",
                e
            );
        }
    }
}

/// <summary>A file as it was when it was read: another file of that name is read again.</summary>
internal readonly record struct FileState(string Path, long Length, DateTime Written)
{
    public static FileState? Of(FilePath? path, ICakeEnvironment environment)
    {
        if (path is null)
        {
            return null;
        }

        var file = new FileInfo(path.MakeAbsolute(environment).FullPath);
        return file.Exists
            ? new FileState(file.FullName, file.Length, file.LastWriteTimeUtc)
            : new FileState(file.FullName, -1, DateTime.UnixEpoch);
    }
}
