using System.Buffers.Binary;
using System.Text;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Import;

/// <summary>
/// An artifact as its store keeps it: one zip file, which a download by hand or with <c>skip-decompress</c> leaves as it is. Its directory
/// stands at its end (APPNOTE 4.3.6 and 4.3.12), so that a look there says whether distributions are in it.
/// </summary>
internal static class PackedArtifact
{
    private const int Tail = 1 << 20;

    // Central directory header, APPNOTE 4.3.12: the name's length at 28, the name at 46.
    private const int LengthAt = 28;
    private const int NameAt = 46;

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'K', 1, 2];

    /// <summary>The name of a distribution in the archive; <see langword="null"/> where there is none, or where it is an sdist
    /// itself.</summary>
    public static string? Held(string path)
    {
        string? held = null;
        foreach (var name in Names(End(path)))
        {
            if (name.EndsWith("/PKG-INFO", StringComparison.Ordinal) && name.Count(c => c == '/') == 1)
            {
                return null;
            }

            var file = name.Split('/', '\\')[^1];
            if (!file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && DistributionFileName.TryParse(file, out _))
            {
                held ??= file;
            }
        }

        return held;
    }

    private static byte[] End(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        stream.Position = Math.Max(0, stream.Length - Tail);
        var bytes = new byte[(int)(stream.Length - stream.Position)];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static List<string> Names(byte[] end)
    {
        List<string> names = [];
        var at = 0;
        while (end.AsSpan(at).IndexOf(Signature) is var next and >= 0 && at + next + NameAt <= end.Length)
        {
            at += next;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(at + LengthAt));
            if (at + NameAt + length <= end.Length)
            {
                names.Add(Encoding.UTF8.GetString(end, at + NameAt, length));
            }

            at += Signature.Length;
        }

        return names;
    }
}
