using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Formats;

/// <summary>Reads small files whole, and refuses large ones before reading them.</summary>
internal static class BoundedFile
{
    public static byte[] Read(string path, int maxBytes, VerificationStep step)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        if (stream.CanSeek && stream.Length > maxBytes)
        {
            throw Refusal.Document(
                VerificationFailure.DocumentTooLarge,
                step,
                $"a file of at most {maxBytes} bytes",
                $"{stream.Length} bytes in {Path.GetFileName(path)}"
            );
        }

        // A pipe has no length, and a file may grow: read at most one byte more than allowed.
        var bytes = new byte[stream.CanSeek ? (int)stream.Length + 1 : maxBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length == bytes.Length)
        {
            throw Refusal.Document(
                VerificationFailure.DocumentTooLarge,
                step,
                $"a file of at most {maxBytes} bytes that does not grow",
                Path.GetFileName(path)
            );
        }

        return bytes.AsSpan(0, length).ToArray();
    }
}
