using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>Checks that a checkpoint is of the log that it should be of and that this log's key has signed it.</summary>
internal static class CheckpointVerification
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="log">The log that the entry names.</param>
    /// <param name="withTreeId">Whether the log is a Rekor v1, whose origin line ends in its tree's number.</param>
    public static void Verify(Checkpoint checkpoint, TrustedLog log, bool withTreeId)
    {
        var name = NameOf(checkpoint.Origin, withTreeId);
        if (name is null || log.Host.Length == 0 || (name != log.Host && name != log.Authority))
        {
            throw Fail(
                CheckpointOriginMismatch,
                $"a checkpoint of the log {log.Host}{(withTreeId ? " with a tree number" : "")}",
                $"one of \"{checkpoint.Origin}\""
            );
        }

        var hint = Hint(log, name);
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

        if (!found)
        {
            throw Fail(
                CheckpointSignatureMissing,
                $"a checkpoint signature of {name} with key hint {hint:x8}",
                $"{checkpoint.Signatures.Count} others"
            );
        }
    }

    /// <summary>The log's name in an origin line: whole for Rekor v2, in front of <c> - treeID</c> for v1.</summary>
    private static string? NameOf(string origin, bool withTreeId)
    {
        if (!withTreeId)
        {
            return origin;
        }

        var dash = origin.LastIndexOf(" - ", StringComparison.Ordinal);
        return dash > 0 && origin.Length > dash + 3 && !origin.AsSpan(dash + 3).ContainsAnyExceptInRange('0', '9') ? origin[..dash] : null;
    }

    /// <summary>
    /// The four bytes that name a key in a signature line: for Ed25519 of name and key (C2SP signed-note), for other keys, as
    /// Rekor has it, of the SubjectPublicKeyInfo. A trusted root may state it (checkpointKeyId).
    /// </summary>
    private static uint Hint(TrustedLog log, string name)
    {
        if (log.CheckpointKeyId.Length >= 4)
        {
            return BinaryPrimitives.ReadUInt32BigEndian(log.CheckpointKeyId.Span);
        }

        Span<byte> hash = stackalloc byte[32];
        if (log.Key is Ed25519Key key)
        {
            SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', 1, .. key.Raw], hash);
        }
        else
        {
            SHA256.HashData(log.Spki.Span, hash);
        }

        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.TransparencyLog,
            expected,
            actual,
            "The proof of inclusion is not one of a trusted log. Check that the trusted root is the signer's instance and up to date."
        );
}
