using System.Globalization;
using System.Text;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Transparency;

/// <summary>One signature line of a checkpoint: who claims to have signed, the key's hint, the signature.</summary>
internal readonly record struct NoteSignature(string Name, uint KeyHint, ReadOnlyMemory<byte> Signature);

/// <summary>
/// A log's signed statement of its size and root hash: a signed note (C2SP signed-note, tlog-checkpoint) whose text is
/// origin, size, base64 root hash and possibly more lines.
/// </summary>
internal sealed record Checkpoint
{
    private const string SignaturePrefix = "\u2014 ";

    private Checkpoint() { }

    public required string Origin { get; init; }

    public required long Size { get; init; }

    public required ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>The bytes that are signed: the text up to and including its last line end.</summary>
    public required ReadOnlyMemory<byte> SignedText { get; init; }

    public required IReadOnlyList<NoteSignature> Signatures { get; init; }

    /// <exception cref="VerificationException">It is not a well-formed checkpoint.</exception>
    public static Checkpoint Parse(string note)
    {
        if (note.Length > Limits.CheckpointChars)
        {
            throw Malformed($"at most {Limits.CheckpointChars} characters", $"{note.Length}");
        }

        foreach (var character in note)
        {
            if (char.IsControl(character) && character != '\n')
            {
                throw Malformed("no control characters", "some");
            }
        }

        // The signatures follow the last blank line.
        var blank = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0 || note[^1] != '\n' || blank + 2 == note.Length)
        {
            throw Malformed("text, a blank line and signature lines, the last line ended", "something else");
        }

        var lines = note[..blank].Split('\n');
        if (lines.Length < 3 || Array.Exists(lines, static line => line.Length == 0))
        {
            throw Malformed("lines for origin, size and root hash", $"{lines.Length} lines, or an empty one");
        }

        if (
            !(
                lines[1].Length is > 0 and <= 19
                && !(lines[1].Length > 1 && lines[1][0] == '0')
                && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            )
        )
        {
            throw Malformed("a tree size in the second line", $"\"{ProtoJson.Shorten(lines[1])}\"");
        }

        if (ProtoJson.DecodeBase64(Encoding.UTF8.GetBytes(lines[2]), MerkleTree.HashBytes) is not { Length: MerkleTree.HashBytes } root)
        {
            throw Malformed("a root hash of 32 bytes in the third line", $"\"{ProtoJson.Shorten(lines[2])}\"");
        }

        return new Checkpoint
        {
            Origin = lines[0],
            Size = size,
            RootHash = root,
            SignedText = Encoding.UTF8.GetBytes(note, 0, blank + 1),
            Signatures = ParseSignatures(note.AsSpan(blank + 2)),
        };
    }

    private static List<NoteSignature> ParseSignatures(ReadOnlySpan<char> lines)
    {
        List<NoteSignature> signatures = new(2);
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf('\n');
            var line = lines[..end];
            lines = lines[(end + 1)..];
            if (signatures.Count == Limits.CheckpointSignatures)
            {
                throw Malformed($"at most {Limits.CheckpointSignatures} signatures", "more");
            }

            var rest = line.StartsWith(SignaturePrefix) ? line[SignaturePrefix.Length..] : default;
            var space = rest.LastIndexOf(' ');
            var name = space > 0 ? rest[..space] : default;
            var bytes =
                space > 0 ? ProtoJson.DecodeBase64(Encoding.UTF8.GetBytes(rest[(space + 1)..].ToString()), Limits.SignatureBytes) : null;
            if (bytes is not { Length: > 4 } || name.ContainsAny(' ', '+'))
            {
                throw Malformed("signature lines of a dash, a name and base64", $"\"{ProtoJson.Shorten(line)}\"");
            }

            signatures.Add(
                new NoteSignature(name.ToString(), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4))
            );
        }

        return signatures;
    }

    private static VerificationException Malformed(string expected, string actual) =>
        new(
            VerificationFailure.CheckpointMalformed,
            VerificationStep.TransparencyLog,
            $"a checkpoint with {expected}",
            actual,
            "The bundle's proof of inclusion is damaged: fetch the bundle again."
        );
}
