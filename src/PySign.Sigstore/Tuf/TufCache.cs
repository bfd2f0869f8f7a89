using PySign.Formats;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// The client's memory between runs: a folder of files, written to a temporary name and renamed, so that no process ever
/// reads a part of one. Any number of processes may share it. Where it cannot be written (a read-only home), or without a
/// folder, the memory is this object's and ends with it. Nothing read from here is believed: it is verified like a download.
/// </summary>
internal sealed class TufCache
{
    private static readonly TimeSpan _lockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _lockPause = TimeSpan.FromMilliseconds(20);

    private const string TargetsPrefix = "targets/";

    private readonly string? _folder;
    private readonly string? _targets;
    private readonly Action<string> _warn;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, byte[]?> _memory = new(StringComparer.Ordinal);
    private bool _broken;

    /// <param name="folder">Where metadata is kept; null for memory only.</param>
    /// <param name="targets">Where targets are kept.</param>
    /// <param name="warn">Receives a sentence, once, if the folders cannot be written.</param>
    /// <param name="time">The clock of the wait for another process.</param>
    public TufCache(string? folder, string? targets, Action<string> warn, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _folder = folder;
        _targets = targets;
        _warn = warn;
    }

    /// <summary>Reads a file of at most so many bytes; null where there is none, or one that is larger or cannot be read.</summary>
    public byte[]? Read(string name, long maxBytes)
    {
        if (_memory.TryGetValue(name, out var kept))
        {
            return kept;
        }

        return PathOf(name) is { } path ? ReadFile(path, maxBytes) : null;
    }

    /// <summary>Writes a file; the last writer wins.</summary>
    public void Write(string name, ReadOnlyMemory<byte> content) => Change(name, content, path => WholeFile.Write(path, content.Span));

    /// <summary>
    /// Writes a file unless another process has meanwhile stored a newer one, so that a slow process cannot take back what a
    /// quick one has already seen: that would weaken the rollback checks of the next run.
    /// </summary>
    public async Task WriteNewerAsync(
        string name,
        ReadOnlyMemory<byte> content,
        long maxBytes,
        Func<byte[], bool> presentIsNewer,
        CancellationToken cancellationToken
    )
    {
        using var guard = await LockAsync(cancellationToken).ConfigureAwait(false);
        Change(
            name,
            content,
            path =>
            {
                if (ReadFile(path, maxBytes) is not { } present || !presentIsNewer(present))
                {
                    WholeFile.Write(path, content.Span);
                }
            }
        );
    }

    public void Delete(string name) => Change(name, null, File.Delete);

    /// <summary>The name under which a target is kept.</summary>
    public static string TargetName(string target) => TargetsPrefix + CacheNames.Encode(target);

    private static byte[]? ReadFile(string path, long maxBytes)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            if (stream.Length > maxBytes)
            {
                return null;
            }

            var bytes = new byte[stream.Length];
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : null;
        }
        catch (Exception e) when (IsStorage(e))
        {
            // Absent, or not for us: it is fetched again, and verified as always.
            return null;
        }
    }

    private string? PathOf(string name)
    {
        var isTarget = name.StartsWith(TargetsPrefix, StringComparison.Ordinal);
        var (folder, file) = isTarget ? (_targets, name[TargetsPrefix.Length..]) : (_folder, name);
        return folder is null ? null : Path.Combine(folder, file);
    }

    private static bool IsStorage(Exception e) => e is IOException or UnauthorizedAccessException;

    private void Change(string name, ReadOnlyMemory<byte>? content, Action<string> change)
    {
        _memory[name] = content?.ToArray();
        if (PathOf(name) is not { } path || _broken)
        {
            return;
        }

        try
        {
            change(path);
        }
        catch (Exception e) when (IsStorage(e))
        {
            if (e is not DirectoryNotFoundException || content is not null)
            {
                _broken = true;
                _warn(
                    $"The TUF cache in {Path.GetDirectoryName(path)} cannot be written ({e.Message.TrimEnd('.')}); what is learnt now "
                        + "is forgotten when this ends."
                );
            }
        }
    }

    private async Task<IDisposable?> LockAsync(CancellationToken cancellationToken)
    {
        if (_folder is null || _broken)
        {
            return null;
        }

        for (var waited = TimeSpan.Zero; waited < _lockPatience; waited += _lockPause)
        {
            try
            {
                Directory.CreateDirectory(_folder);
                return new FileStream(Path.Combine(_folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (File.Exists(Path.Combine(_folder, ".lock")))
            {
                await Task.Delay(_lockPause, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsStorage(e))
            {
                // No lock here means no writing either; the attempt to write will say so.
                return null;
            }
        }

        return null;
    }
}
