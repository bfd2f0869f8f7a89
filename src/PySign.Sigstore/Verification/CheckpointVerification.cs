using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>
/// Checks that a checkpoint is of the log that it should be of and that this log's key has signed it. What binds a checkpoint to a log is
/// the key: a Rekor v1 calls itself what its server calls itself, in a private instance a pod's name, so there the origin must only be the
/// name of the signature line (client-spec, "Checkpoint": the origin SHOULD match). A Rekor v2's origin is bound by the trusted root: by
/// the log's address, or by an id that was computed over origin and key (C2SP tlog-checkpoint; rekor-tiles CLIENTS.md).
/// </summary>
internal static class CheckpointVerification
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="log">The log that the entry names.</param>
    /// <param name="isV1">Whether the log is a Rekor v1, whose origin line ends in its tree's number.</param>
    public static void Verify(Checkpoint checkpoint, TrustedLog log, bool isV1)
    {
        var name = NameOf(checkpoint.Origin, isV1);
        if (name is null || (!isV1 && !IsBound(log, name)))
        {
            throw Fail(CheckpointOriginMismatch, Expected(log, isV1), $"one of \"{ProtoJson.Shorten(checkpoint.Origin)}\"");
        }

        var hint = Hint(log, name, isV1);
        var found = false;
        foreach (var signature in checkpoint.Signatures)
        {
            // Others may sign too, before and after: witnesses, or the log with another key. They neither help nor harm.
            if (signature.Name != name || signature.KeyHint != hint)
            {
                continue;
            }

            if (!log.Verify(checkpoint.SignedText.Span, signature.Signature.Span))
            {
                throw Fail(CheckpointSignatureInvalid, $"a checkpoint signed by {name}", "a signature that does not verify");
            }

            found = true;
        }

        if (found)
        {
            return;
        }

        // The log's key under another name than the origin: a checkpoint that says that it is of another log.
        throw name != log.Host && checkpoint.Signatures.Any(signature => signature.KeyHint == hint)
            ? Fail(
                CheckpointOriginMismatch,
                Expected(log, isV1),
                $"one of \"{ProtoJson.Shorten(checkpoint.Origin)}\" signed under another name"
            )
            : Fail(
                CheckpointSignatureMissing,
                $"a checkpoint signature of {name} with key hint {hint:x8} (the log {log.Name})",
                $"{checkpoint.Signatures.Count} others"
            );
    }

    private static string Expected(TrustedLog log, bool isV1) =>
        isV1 ? $"a checkpoint of the log {log.Name} with a tree number"
        : log.Host.Length > 0 ? $"a checkpoint of the log {log.Host}"
        : $"a checkpoint of the log {log.Name}, for which the trusted root names no address (baseUrl) and so no origin";

    // An origin is never empty (Checkpoint.Origin): a log without a host is bound by its id alone.
    private static bool IsBound(TrustedLog log, string origin) =>
        origin == log.Host
        || origin == log.Authority
        || (log.Key is Ed25519Key key && log.LogId.Span.SequenceEqual(NoteKeyId(origin, key)));

    /// <summary>The log's name in an origin line: whole for Rekor v2, in front of <c> - treeID</c> for v1.</summary>
    private static string? NameOf(string origin, bool isV1)
    {
        if (!isV1)
        {
            return origin;
        }

        var dash = origin.LastIndexOf(" - ", StringComparison.Ordinal);
        return dash > 0 && origin.Length > dash + 3 && !origin.AsSpan(dash + 3).ContainsAnyExceptInRange('0', '9') ? origin[..dash] : null;
    }

    /// <summary>
    /// The four bytes that name a key in a signature line: in Rekor v1 of the SubjectPublicKeyInfo whatever the key (rekor
    /// pkg/util/signed_note.go); in v2 for Ed25519 of name and key (C2SP signed-note), for other keys of the SubjectPublicKeyInfo. A
    /// trusted root may state it (checkpointKeyId).
    /// </summary>
    private static uint Hint(TrustedLog log, string name, bool isV1) =>
        BinaryPrimitives.ReadUInt32BigEndian(
            log.CheckpointKeyId.Length >= 4 ? log.CheckpointKeyId.Span
            : log.Key is Ed25519Key key && !isV1 ? NoteKeyId(name, key)
            : SHA256.HashData(log.Spki.Span)
        );

    private static byte[] NoteKeyId(string name, Ed25519Key key) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', 1, .. key.Raw]);

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.TransparencyLog,
            expected,
            actual,
            "The proof of inclusion is not one of a trusted log. Check that the trusted root is the signer's instance and up to date."
        );
}
