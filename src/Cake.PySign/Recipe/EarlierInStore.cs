using System.Collections.Concurrent;
using Cake.PySign.Common;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Common.Stores;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>
/// What earlier runs published of this version's signatures, as a run finds it that lost its folder. What verifies for these very bytes is
/// adopted; everything else there would stop the release after its log entries were made. Nothing is written before all of it was judged.
/// </summary>
internal sealed class EarlierInStore(Release release, SignatureJudge judge)
{
    private const int MaxBytes = 16 << 20;

    private static readonly string[] _suffixes =
    [
        SignatureNames.Bundle,
        SignatureNames.Signature,
        SignatureNames.Certificate,
        SignatureNames.Provenance,
        .. AttestationFiles.Suffixes,
    ];

    /// <summary>Looks, and writes nothing.</summary>
    /// <exception cref="PySignException">The store cannot be read, or takes no more files.</exception>
    public async Task<Found> FindAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        using var registry = release.Generic.Open(
            new GenericUploadSettings { Store = release.Store(ledger), Network = release.Options.Network }
        );
        var found = new Found(registry.Root);
        var statement = EarlierInFolder.StatementName(ledger);
        foreach (var name in ledger.Files.SelectMany(file => _suffixes.Select(suffix => file.Name + suffix)).Append(statement))
        {
            registry.RequireFile(name);
        }

        if (!await HasAnyAsync(registry, ledger, cancellationToken).ConfigureAwait(false))
        {
            await registry.RequireOpenAsync([statement], cancellationToken).ConfigureAwait(false);
            return found;
        }

        await Parallel
            .ForEachAsync(
                ledger.Files,
                RegistryConnections.Parallel(release.Options.Network, cancellationToken),
                async (file, token) => await FetchAsync(registry, file, found, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        if (await ReadAsync(registry, statement, cancellationToken).ConfigureAwait(false) is { } bytes)
        {
            try
            {
                found.Statement = (bytes, judge.Statement(Bundle.Parse(bytes), ledger));
            }
            catch (Exception e) when (SignatureJudge.IsRefusal(e))
            {
                found.Conflicts.Enqueue($"{statement}: {e.Message}");
            }
        }

        return found;
    }

    /// <summary>Writes what was found into the folder, and into the ledger.</summary>
    public Ledger Adopt(Ledger ledger, Found found, EarlierInFolder folder)
    {
        foreach (var (name, stored) in found.Files)
        {
            var file = ledger[name];
            if (!IsOurs(file, stored))
            {
                ledger = ledger.With(Write(file, stored, folder));
                release.Log.Information($"{name}: its signature was found at {found.Root}.");
            }
        }

        if (found.Statement is not { } statement)
        {
            return ledger;
        }

        var path = SignatureFiles.Put(release.Dist.File(EarlierInFolder.StatementName(ledger)), "", statement.Content);
        var described = EarlierInFolder.Describe(path.FullPath);
        return ledger.Statement?.File == described
            ? ledger
            : ledger with
            {
                Statement = new LedgerStatement(
                    described,
                    statement.Proof.Identity,
                    statement.Proof.Issuer,
                    EarlierInFolder.Logs(statement.Proof),
                    []
                ),
            };
    }

    /// <summary>
    /// Whether the store has anything of the release: bundles go up before what can be made from them, so that a store with neither a
    /// bundle nor the statement has nothing of it.
    /// </summary>
    private async Task<bool> HasAnyAsync(GenericRegistry registry, Ledger ledger, CancellationToken cancellationToken)
    {
        var any = false;
        var first = ledger.Files.Select(file => file.Name).Order(StringComparer.Ordinal).First();
        var names = ledger
            .Files.SelectMany(file => new[] { file.Name + SignatureNames.Bundle, file.Name + SignatureNames.Provenance })
            .Concat(_suffixes.Select(suffix => first + suffix))
            .Append(EarlierInFolder.StatementName(ledger))
            .Distinct(StringComparer.Ordinal);
        await Parallel
            .ForEachAsync(
                names,
                RegistryConnections.Parallel(release.Options.Network, cancellationToken),
                async (name, token) =>
                {
                    if (!Volatile.Read(ref any) && await registry.FingerprintAsync(name, token).ConfigureAwait(false) is not null)
                    {
                        Volatile.Write(ref any, true);
                    }
                }
            )
            .ConfigureAwait(false);
        return any;
    }

    private async Task FetchAsync(GenericRegistry registry, LedgerFile file, Found found, CancellationToken cancellationToken)
    {
        var stored = new StoredSignature();
        foreach (var suffix in _suffixes)
        {
            if (await ReadAsync(registry, file.Name + suffix, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                stored.Parts[suffix] = bytes;
            }
        }

        try
        {
            if (Problem(file, stored) is { } problem)
            {
                found.Conflicts.Enqueue($"{file.Name}: {problem}");
            }
            else if (stored.Parts.Count > 0)
            {
                found.Files[file.Name] = stored;
            }
        }
        catch (Exception e) when (SignatureJudge.IsRefusal(e))
        {
            found.Conflicts.Enqueue($"{file.Name}: here SHA-256 {file.Sha256}; what is there does not verify for it: {e.Message}");
        }
    }

    /// <summary>Whatever lies in the store under the names of a file's signature must be about this file and by this signer: it could not
    /// be replaced.</summary>
    private string? Problem(LedgerFile file, StoredSignature stored)
    {
        if (stored.Part(SignatureNames.Bundle) is { } bytes)
        {
            var bundle = Bundle.Parse(bytes);
            var there = bundle.MessageSignature?.Digest is { } digest ? Convert.ToHexStringLower(digest.Value.Span) : file.Sha256;
            if (there != file.Sha256)
            {
                return $"here SHA-256 {file.Sha256}, signed there {there}";
            }

            stored.Proof = judge.Signature(bundle, file);
            stored.Bundle = bundle;
        }

        if (stored.Part(SignatureNames.Signature) is not null || stored.Part(SignatureNames.Certificate) is not null)
        {
            if (stored.Bundle is not { } own)
            {
                return $"a {SignatureNames.Signature} or {SignatureNames.Certificate} is there without its bundle";
            }

            var problem = DetachedPair.Problem(
                own,
                stored.Part(SignatureNames.Signature) ?? DetachedPair.Signature(own),
                stored.Part(SignatureNames.Certificate) ?? DetachedPair.Certificate(own)
            );
            if (problem is not null)
            {
                return $"the {SignatureNames.Signature} and {SignatureNames.Certificate} there have {problem}";
            }
        }

        foreach (var (suffix, content) in stored.Further)
        {
            judge.Further(file, suffix, content);
        }

        return null;
    }

    /// <summary>Whether the ledger names exactly what the store has of a file, and perhaps more.</summary>
    private bool IsOurs(LedgerFile file, StoredSignature stored) =>
        stored.Parts.All(part =>
            file.Signature?.Files.FirstOrDefault(own => own.Name == file.Name + part.Key) is { } own
            && own.Sha256 == Sha256Digest.Of(part.Value)
            && release.Dist.Holds(own)
        );

    private LedgerFile Write(LedgerFile file, StoredSignature stored, EarlierInFolder folder)
    {
        var path = release.Dist.File(file.Name);
        foreach (var (suffix, content) in stored.Parts)
        {
            SignatureFiles.Put(path, suffix, content);
        }

        if (stored.Bundle is not { } bundle)
        {
            // Its further parts lie in the folder now, where signing finds them.
            return file;
        }

        var complete = folder.Complete(file, bundle, stored.Proof!);

        // The pair as the store has it: the same signature may be written in other bytes, and those are public.
        foreach (var suffix in stored.Parts.Keys.Where(suffix => suffix is SignatureNames.Signature or SignatureNames.Certificate))
        {
            SignatureFiles.Put(path, suffix, stored.Parts[suffix]);
        }

        var names = complete
            .Files.Select(part => part.Name)
            .Concat(stored.Parts.Keys.Select(suffix => file.Name + suffix))
            .Distinct(StringComparer.Ordinal);
        return file with
        {
            Signature = complete with { Files = [.. names.Select(name => EarlierInFolder.Describe(release.Dist.File(name).FullPath))] },
            Receipts = [],
        };
    }

    private static async Task<byte[]?> ReadAsync(GenericRegistry registry, string name, CancellationToken cancellationToken)
    {
        using var content = new BoundedMemory(MaxBytes, name);
        var download = await registry.DownloadAsync(name, content.Open, cancellationToken).ConfigureAwait(false);
        return download is null ? null : content.ToArray();
    }

    /// <summary>What a store has of a release.</summary>
    /// <param name="root">The store, for people.</param>
    internal sealed class Found(Uri root)
    {
        public Uri Root => root;

        public ConcurrentDictionary<string, StoredSignature> Files { get; } = new(StringComparer.Ordinal);

        public (byte[] Content, VerifiedArtifact Proof)? Statement { get; set; }

        /// <summary>What is there and is not of these files.</summary>
        public ConcurrentQueue<string> Conflicts { get; } = new();

        /// <summary>How many of the release's signatures it has: one a file, and the statement.</summary>
        public int Count => Files.Count(file => file.Value.Bundle is not null) + (Statement is null ? 0 : 1);

        /// <exception cref="PySignException">The store has something of other bytes or of another signer.</exception>
        public void RefuseConflicts()
        {
            if (!Conflicts.IsEmpty)
            {
                throw new PySignException(
                    PySignFailure.Conflict,
                    $"Stopped: {root} holds signatures of this version that are not of these files; nothing was signed or "
                        + $"uploaded:{Environment.NewLine}"
                        + string.Join(Environment.NewLine, Conflicts.Order(StringComparer.Ordinal).Select(line => "    " + line)),
                    "Another run released this version from other bytes: that one stands, publish a new version. If its files were never "
                        + "announced, delete them in the store and run again."
                );
            }
        }
    }

    /// <summary>What a store has of one file.</summary>
    internal sealed class StoredSignature
    {
        public Dictionary<string, byte[]> Parts { get; } = new(StringComparer.Ordinal);

        public Bundle? Bundle { get; set; }

        public VerifiedArtifact? Proof { get; set; }

        public byte[]? Part(string suffix) => Parts.GetValueOrDefault(suffix);

        /// <summary>Provenance and attestations.</summary>
        public IEnumerable<KeyValuePair<string, byte[]>> Further =>
            Parts.Where(part => part.Key is not (SignatureNames.Bundle or SignatureNames.Signature or SignatureNames.Certificate));
    }
}
