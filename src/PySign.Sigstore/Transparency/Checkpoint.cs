using System.Buffers.Binary;
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
    /// <summary>An em dash and a blank.</summary>
    private static ReadOnlySpan<byte> SignaturePrefix => "\u2014 "u8;

    private Checkpoint() { }

    /// <summary>The name of the log, never empty: <see cref="Parse"/> refuses an empty first line. A log whose trusted root names no
    /// address, and whose host is therefore empty, is never matched by its host.</summary>
    public required string Origin { get; init; }

    public required long Size { get; init; }

    public required ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>The bytes that are signed: the text up to and including its last line end.</summary>
    public required ReadOnlyMemory<byte> SignedText { get; init; }

    public required IReadOnlyList<NoteSignature> Signatures { get; init; }

    /// <exception cref="VerificationException">It is not a well-formed checkpoint.</exception>
    public static Checkpoint Parse(string note)
    {
        CheckCharacters(note);
        var utf8 = Encoding.UTF8.GetBytes(note);

        // The signatures follow the last blank line.
        var blank = utf8.AsSpan().LastIndexOf("\n\n"u8);
        if (blank < 0 || utf8[^1] != (byte)'\n' || blank + 2 == utf8.Length)
        {
            throw Malformed("text, a blank line and signature lines, the last line ended", "something else");
        }

        ReadOnlySpan<byte> lines = utf8.AsSpan(0, blank + 1);
        if (lines[0] == (byte)'\n' || lines.IndexOf("\n\n"u8) >= 0 || lines.Count((byte)'\n') < 3)
        {
            throw Malformed("lines for origin, size and root hash", $"{lines.Count((byte)'\n')} lines, or an empty one");
        }

        return new Checkpoint
        {
            Origin = Encoding.UTF8.GetString(NextLine(ref lines)),
            Size = ParseSize(NextLine(ref lines)),
            RootHash = ParseRoot(NextLine(ref lines)),
            SignedText = utf8.AsMemory(0, blank + 1),
            Signatures = ParseSignatures(utf8.AsSpan(blank + 2)),
        };
    }

    private static void CheckCharacters(string note)
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
    }

    /// <summary>Takes a line that is ended.</summary>
    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOf((byte)'\n');
        var line = lines[..end];
        lines = lines[(end + 1)..];
        return line;
    }

    private static long ParseSize(ReadOnlySpan<byte> line) =>
        ProtoJson.TryNumber(line, out var size) ? size : throw Malformed("a tree size in the second line", Quoted(line));

    private static byte[] ParseRoot(ReadOnlySpan<byte> line) =>
        ProtoJson.DecodeBase64(line, MerkleTree.HashBytes) is { Length: MerkleTree.HashBytes } root
            ? root
            : throw Malformed("a root hash of 32 bytes in the third line", Quoted(line));

    private static List<NoteSignature> ParseSignatures(ReadOnlySpan<byte> lines)
    {
        List<NoteSignature> signatures = new(2);
        while (!lines.IsEmpty)
        {
            if (signatures.Count == Limits.CheckpointSignatures)
            {
                throw Malformed($"at most {Limits.CheckpointSignatures} signatures", "more");
            }

            signatures.Add(ParseSignature(NextLine(ref lines)));
        }

        return signatures;
    }

    private static NoteSignature ParseSignature(ReadOnlySpan<byte> line)
    {
        var rest = line.StartsWith(SignaturePrefix) ? line[SignaturePrefix.Length..] : default;
        var space = rest.LastIndexOf((byte)' ');
        var name = space > 0 ? rest[..space] : default;
        var bytes = space > 0 ? ProtoJson.DecodeBase64(rest[(space + 1)..], Limits.SignatureBytes) : null;
        if (bytes is not { Length: > 4 } || name.ContainsAny((byte)' ', (byte)'+'))
        {
            throw Malformed("signature lines of a dash, a name and base64", Quoted(line));
        }

        return new NoteSignature(Encoding.UTF8.GetString(name), BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4));
    }

    private static string Quoted(ReadOnlySpan<byte> line) => $"\"{ProtoJson.Shorten(Encoding.UTF8.GetString(line))}\"";

    private static VerificationException Malformed(string expected, string actual) =>
        new(
            VerificationFailure.CheckpointMalformed,
            VerificationStep.TransparencyLog,
            $"a checkpoint with {expected}",
            actual,
            "The bundle's proof of inclusion is damaged: fetch the bundle again."
        );
}
