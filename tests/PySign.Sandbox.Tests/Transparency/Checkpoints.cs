using System.Globalization;
using System.Text;

namespace PySign.Sandbox.Tests.Transparency;

internal sealed record ReadCheckpoint(string Origin, long Size, string Root, string Signer, byte[] Signed, byte[] Hint, byte[] Signature);

/// <summary>Takes a signed note with one signature apart (C2SP signed-note, tlog-checkpoint).</summary>
internal static class Checkpoints
{
    public static ReadCheckpoint Read(string note)
    {
        var blank = note.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = note[..blank].Split('\n');
        var signature = note[(blank + 2)..].TrimEnd('\n').Split(' ');
        Assert.Equal(3, signature.Length);
        Assert.Equal("\u2014", signature[0]);
        var blob = Convert.FromBase64String(signature[2]);
        return new ReadCheckpoint(
            lines[0],
            long.Parse(lines[1], CultureInfo.InvariantCulture),
            lines[2],
            signature[1],
            Encoding.UTF8.GetBytes(note[..(blank + 1)]),
            blob[..4],
            blob[4..]
        );
    }
}
