using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>
/// Step 5: every entry is in a log of the trusted root. The Merkle path must lead to the root hash of a checkpoint that this log signed;
/// what the proof itself says of size and root is only compared. In a bundle 0.1 the log's promise, verified in step 1, may stand alone.
/// </summary>
internal static class TransparencyLogStep
{
    public static IReadOnlyList<VerifiedLogEntry> Run(Bundle bundle, IReadOnlyList<VerifiedTime> times, TrustedRoot root)
    {
        var entries = bundle.VerificationMaterial.LogEntries;
        var verified = new VerifiedLogEntry[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            verified[i] = Verify(entries[i], times, root);
        }

        return verified;
    }

    /// <summary>The refusal of a bundle that proves nothing by a log, which says what it is instead.</summary>
    public static VerificationException NotLogged(Bundle bundle)
    {
        var isTimestamped = bundle.VerificationMaterial.Timestamps.Count > 0;
        var isKey = bundle.VerificationMaterial.PublicKeyHint is not null;
        return new VerificationException(
            LogEntryMissing,
            VerificationStep.Parse,
            "at least one transparency log entry",
            isTimestamped ? "none, but a timestamp of an authority" : "none, and no timestamp either",
            isKey
                    ? "The signature was made with a key and never logged. If that is expected, accept it by name "
                        + "(VerifierOptions.AcceptUnloggedKeys; AcceptUnlogged in VerifyBlobSettings)."
                : isTimestamped
                    ? "The bundle is not damaged: it was made without a public log, as GitHub's attestations of private repositories are. "
                        + "If that is expected, verify it with that instance's trusted root and without requiring a log "
                        + "(VerifierOptions.RequireLog = false; RequireLog in VerifyBlobSettings; require-log = false in "
                        + "pysign-policy.toml): an "
                        + "authority's timestamp is then required, and nobody can see that the signature was made."
                : "Nothing says when it was signed, and a certificate lives for minutes: it cannot be verified at all. Fetch the bundle "
                    + "again, "
                    + "or have the artifact signed again."
        );
    }

    /// <summary>The log that an entry names; of several with one id, the one that is trusted at the times.</summary>
    public static TrustedLog FindLog(TransparencyLogEntry entry, TrustedRoot root, ReadOnlySpan<DateTimeOffset> times)
    {
        TrustedLog? found = null;
        foreach (var log in root.TransparencyLogs)
        {
            if (!log.LogId.Span.SequenceEqual(entry.LogId.Span))
            {
                continue;
            }

            found ??= log;
            if (ContainsAll(log.Window, times))
            {
                return log;
            }
        }

        return found
            ?? throw root.WhyUnusable("tlogs", entry.LogId.Span)
                ?? Fail(
                    LogUnknown,
                    "an entry of a log of the trusted root",
                    $"one of the log {Convert.ToHexStringLower(entry.LogId.Span)}"
                );
    }

    /// <summary>The integrated time; one beyond what can be represented becomes the last moment, which no certificate reaches.</summary>
    public static DateTimeOffset InstantOf(TransparencyLogEntry entry) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Min(entry.IntegratedTime ?? 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    private static VerifiedLogEntry Verify(TransparencyLogEntry entry, IReadOnlyList<VerifiedTime> times, TrustedRoot root)
    {
        DateTimeOffset? integrated = entry.SignedEntryTimestamp is null ? null : InstantOf(entry);
        var instants = integrated is { } time ? [time] : Instants(times);
        var log = FindLog(entry, root, instants);
        if (log.Key is null)
        {
            throw Fail(LogKeyUnusable, $"a supported key of the log {log.Name}", "another kind of key");
        }

        if (!ContainsAll(log.Window, instants))
        {
            throw Fail(
                OutsideLogWindow,
                $"an entry made while the log is trusted, {log.Window}",
                string.Join(", ", Array.ConvertAll(instants, static t => $"{t:u}"))
            );
        }

        if (entry.InclusionProof is { } proof)
        {
            VerifyInclusion(entry, proof, log);
        }

        return new VerifiedLogEntry(
            Convert.ToHexStringLower(entry.LogId.Span),
            log.BaseUrl,
            entry.LogIndex,
            integrated,
            entry.Kind + "/" + entry.KindVersion
        );
    }

    private static void VerifyInclusion(TransparencyLogEntry entry, InclusionProof proof, TrustedLog log)
    {
        var isV2 = TrustedTimeStep.IsRekorV2(entry);

        // Rekor v1 counts entries over all shards, so its global index is never below the one in the tree; v2 has but one tree.
        if (isV2 ? entry.LogIndex != proof.LogIndex : entry.LogIndex < proof.LogIndex)
        {
            throw Fail(LogIndexMismatch, $"an entry whose index fits its proof's ({proof.LogIndex})", $"{entry.LogIndex}");
        }

        var (size, rootHash) = (proof.TreeSize, proof.RootHash);
        if (proof.Checkpoint is { } note)
        {
            var checkpoint = Checkpoint.Parse(note);
            CheckpointVerification.Verify(checkpoint, log, isV1: !isV2);
            if (!checkpoint.RootHash.Span.SequenceEqual(rootHash.Span))
            {
                throw Fail(CheckpointRootMismatch, "a proof for the checkpoint's root hash", "one for another");
            }

            if (checkpoint.Size != size)
            {
                throw Fail(CheckpointSizeMismatch, $"a proof for the checkpoint's {checkpoint.Size} entries", $"one for {size}");
            }

            size = checkpoint.Size;
            rootHash = checkpoint.RootHash;
        }

        if (!MerkleTree.Includes(proof.LogIndex, size, MerkleTree.LeafHash(entry.CanonicalizedBody.Span), proof.Hashes, rootHash.Span))
        {
            throw Fail(InclusionProofInvalid, "a Merkle path from the entry to the checkpoint's root hash", "one that leads elsewhere");
        }
    }

    private static DateTimeOffset[] Instants(IReadOnlyList<VerifiedTime> times)
    {
        var instants = new DateTimeOffset[times.Count];
        for (var i = 0; i < instants.Length; i++)
        {
            instants[i] = times[i].Time;
        }

        return instants;
    }

    private static bool ContainsAll(in ValidityWindow window, ReadOnlySpan<DateTimeOffset> times)
    {
        foreach (var time in times)
        {
            if (!window.Contains(time))
            {
                return false;
            }
        }

        return true;
    }

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.TransparencyLog,
            expected,
            actual,
            "The signature is not proven to be in a trusted log. Check that the trusted root is the signer's instance and up to date; "
                + "otherwise do not use the artifact."
        );
}
