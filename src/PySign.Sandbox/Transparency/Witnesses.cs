using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PySign.Sandbox.Transparency;

/// <summary>Two witnesses that cosign checkpoints (C2SP tlog-cosignature), one line before the log's own and one after it.</summary>
internal sealed class Witnesses(TimeProvider time)
{
    private readonly Lazy<Ed25519Key[]> _keys = new(() => [Ed25519Key.Generate(), Ed25519Key.Generate()]);

    public string Cosign(string note)
    {
        var end = note.IndexOf("\n\n", StringComparison.Ordinal) + 1;
        var (text, lines) = (note[..end], note[(end + 1)..]);
        return $"{text}\n{Line(0, text)}{lines}{Line(1, text)}";
    }

    private string Line(int witness, string text)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"witness-{witness + 1}.sandbox.localhost");
        var key = _keys.Value[witness];
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        Span<byte> timestamp = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(timestamp, seconds);

        // Type 4 is the timestamped Ed25519 cosignature; its message starts with the version and the time.
        byte[] id = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), 0x0A, 0x04, .. key.PublicKey]);
        var message = string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}");
        byte[] signature = [.. id[..4], .. timestamp, .. key.Sign(Encoding.UTF8.GetBytes(message))];
        return $"\u2014 {name} {Convert.ToBase64String(signature)}\n";
    }
}
