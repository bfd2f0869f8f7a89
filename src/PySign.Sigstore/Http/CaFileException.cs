namespace PySign.Sigstore.Http;

/// <summary>An extra CA file cannot be used; nothing was called. The message names the file.</summary>
internal sealed class CaFileException(string message, bool isMissing = false, Exception? inner = null) : IOException(message, inner)
{
    public bool IsMissing { get; } = isMissing;
}
