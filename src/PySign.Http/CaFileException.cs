namespace PySign.Http;

/// <summary>An extra CA file cannot be used; nothing was called. The message names the file.</summary>
public sealed class CaFileException(string message, bool isMissing = false, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether there is no such file, rather than one that cannot be read as certificates.</summary>
    public bool IsMissing { get; } = isMissing;
}
