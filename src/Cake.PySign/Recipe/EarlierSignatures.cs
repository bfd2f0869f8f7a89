using System.Collections.Concurrent;
using Cake.PySign.Common;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Common.Statements;
using Cake.PySign.Common.Stores;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.InToto;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>
/// What earlier runs signed of these very bytes, wherever it is: in the folder, also where a killed run left it out of the ledger, and in
/// the signature store, where a run that lost its folder finds it again. What verifies is adopted as it is. What the store holds and does
/// not verify would stop the release after its log entries were made, so it stops before.
/// </summary>
internal sealed class EarlierSignatures(Release release, Func<Bundle, Artifact, VerifiedArtifact> verify)
{
    private const string Suffix = SignatureNames.Bundle;

    private static readonly string[] _suffixes =
    [
        Suffix,
        SignatureNames.Signature,
        SignatureNames.Certificate,
        SlsaProvenance.Suffix,
        .. AttestationFiles.Suffixes,
    ];

    private readonly DistFolder _dist = release.Dist;

    public static async Task<Ledger> AdoptAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var earlier = new EarlierSignatures(release, await release.VerifierAsync(cancellationToken).ConfigureAwait(false));
        var known = earlier.InFolder(ledger);
        if (known.Files.All(file => file.Signature is not null) && known.Statement is not null)
        {
            return earlier.Keep(ledger, known);
        }

        var found = await earlier.InStoreAsync(known, cancellationToken).ConfigureAwait(false);
        await earlier.RequireSameAtIndexAsync(found, cancellationToken).ConfigureAwait(false);
        return earlier.Keep(ledger, found);
    }

    private Ledger Keep(Ledger before, Ledger now)
    {
        foreach (var file in now.Files.Where(file => file.Signature is not null))
        {
            release.Log.Information($"{file.Name}: signed by an earlier run as {file.Signature!.Identity}.");
        }

        if (!ReferenceEquals(before, now) || now.Tests is not null)
        {
            _dist.Store.Write(now);
        }

        return now;
    }

    private Ledger InFolder(Ledger ledger)
    {
        var files = ledger.Files.Select(InFolder).ToList();
        var statement = StatementInFolder(ledger);
        return files.SequenceEqual(ledger.Files) && statement == ledger.Statement
            ? ledger
            : ledger with
            {
                Files = files,
                Statement = statement,
            };
    }

    private LedgerFile InFolder(LedgerFile file)
    {
        var path = _dist.File(file.Name + SignatureNames.Bundle).FullPath;
        if (!File.Exists(path))
        {
            return file with { Signature = null };
        }

        try
        {
            var bundle = Bundle.Load(path);
            var proof = Proven(bundle, file);
            var whole = file.Signature is { } signature && signature.Files.Where(part => !IsFurther(part)).All(_dist.Holds);
            return whole && SignaturePairs.Problem(_dist, file) is null ? file : file with { Signature = Complete(file, bundle, proof) };
        }
        catch (VerificationException e)
        {
            release.Log.Warning($"{file.Name}: what an earlier run signed does not verify and is made again. {e.Message}");
            return file with { Signature = null };
        }
    }

    private VerifiedArtifact Proven(Bundle bundle, LedgerFile file) =>
        bundle.MessageSignature is not null
            ? verify(bundle, Artifact.FromFile(_dist.File(file.Name).FullPath))
            : throw new VerificationException(
                VerificationFailure.FieldMissing,
                VerificationStep.Parse,
                "a signature of the file",
                "a statement about it",
                "Do not use it."
            );

    /// <summary>The signature of a verified bundle that lies in the folder, with its pair made again from it.</summary>
    private LedgerSignature Complete(LedgerFile file, Bundle bundle, VerifiedArtifact proof)
    {
        var path = _dist.File(file.Name);
        List<LedgerSignatureFile> parts =
        [
            Describe(path.FullPath + SignatureNames.Bundle),
            Describe(SignatureFiles.Put(path, SignatureNames.Signature, DetachedPair.Signature(bundle)).FullPath),
        ];
        if (bundle.VerificationMaterial.Certificates.Count > 0)
        {
            parts.Add(Describe(SignatureFiles.Put(path, SignatureNames.Certificate, DetachedPair.Certificate(bundle)).FullPath));
        }

        parts.AddRange(FurtherInFolder(file));
        return new LedgerSignature(proof.Identity, proof.Issuer, parts, Logs(proof));
    }

    private static bool IsFurther(LedgerSignatureFile part) => AttestedFiles.Is(part) || ProvenanceFiles.Is(part);

    /// <summary>Provenance and attestations that lie beside the file and hold; others are made again.</summary>
    private IEnumerable<LedgerSignatureFile> FurtherInFolder(LedgerFile file)
    {
        foreach (var suffix in _suffixes.Where(suffix => IsFurther(new LedgerSignatureFile(file.Name + suffix, ""))))
        {
            var path = _dist.File(file.Name + suffix).FullPath;
            if (File.Exists(path) && Holds(file, suffix, File.ReadAllBytes(path)))
            {
                yield return Describe(path);
            }
        }
    }

    private bool Holds(LedgerFile file, string suffix, byte[] content)
    {
        try
        {
            CheckFurther(file, suffix, content);
            return true;
        }
        catch (Exception e) when (e is VerificationException or PackagingException)
        {
            return false;
        }
    }

    private void CheckFurther(LedgerFile file, string suffix, byte[] content)
    {
        if (suffix == SlsaProvenance.Suffix)
        {
            verify(Bundle.Parse(content), Artifact.FromFile(_dist.File(file.Name).FullPath));
        }
        else
        {
            var attestation = Attestation.Parse(content);
            attestation.ReadStatement().EnsureAbout(DistributionFileName.Parse(file.Name), file.Sha256);
            verify(AttestationConversion.ToBundle(attestation), Artifact.FromFile(_dist.File(file.Name).FullPath));
        }
    }

    private LedgerStatement? StatementInFolder(Ledger ledger)
    {
        var path = _dist.File(StatementName(ledger));
        if (!File.Exists(path.FullPath))
        {
            return null;
        }

        try
        {
            var proof = ProvenStatement(Bundle.Load(path.FullPath), ledger);
            var file = Describe(path.FullPath);
            return ledger.Statement is { } statement && statement.File == file
                ? statement
                : new LedgerStatement(file, proof.Identity, proof.Issuer, Logs(proof), []);
        }
        catch (Exception e) when (e is VerificationException or ReleaseStatementException)
        {
            release.Log.Warning($"{path.GetFilename()}: the signature of an earlier run does not verify and is made again. {e.Message}");
            return null;
        }
    }

    private VerifiedArtifact ProvenStatement(Bundle bundle, Ledger ledger)
    {
        var envelope = bundle.DsseEnvelope ?? throw new ReleaseStatementException("a signed statement", "a signature of a file");
        var proof = verify(bundle, Artifact.FromSha256(InTotoStatement.Parse(envelope).FirstSha256()));
        var said = ReleaseStatement.Parse(proof.Statement!.Value);
        var ours = Release.Statement(ledger);
        return said.Name.Equals(ours.Name) && said.Version.Equals(ours.Version) && Same(said.Files, ours.Files)
            ? proof
            : throw new ReleaseStatementException(
                $"a statement about {string.Join(", ", ours.Files.Select(file => $"{file.Key} ({file.Value})"))}",
                $"one about {string.Join(", ", said.Files.Select(file => $"{file.Key} ({file.Value})"))}"
            );
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var sha256) && sha256 == file.Value);

    /// <summary>Everything is fetched and looked at before the first of it is written here: other bytes stop the whole.</summary>
    private async Task<Ledger> InStoreAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        if (release.Options.Store.Url is null)
        {
            return ledger;
        }

        using var registry = release.Generic.Open(
            new GenericUploadSettings { Store = release.Store(ledger), Network = release.Options.Network }
        );
        var adopted = new ConcurrentQueue<(LedgerFile File, StoredSignature Stored)>();
        var conflicts = new ConcurrentQueue<string>();
        try
        {
            if (!await HasAnyAsync(registry, ledger, cancellationToken).ConfigureAwait(false))
            {
                return ledger;
            }

            await Parallel
                .ForEachAsync(
                    ledger.Files.Where(file => file.Signature is null),
                    GenericUploader.Options(release.Options.Network, cancellationToken),
                    async (file, token) =>
                    {
                        if (await FetchAsync(registry, file, conflicts, token).ConfigureAwait(false) is { } stored)
                        {
                            adopted.Enqueue((file, stored));
                        }
                    }
                )
                .ConfigureAwait(false);

            ledger = await StatementInStoreAsync(registry, ledger, conflicts, cancellationToken).ConfigureAwait(false);
        }
        catch (PySignException e) when (e.Reason is PySignFailure.Unauthorized or PySignFailure.Forbidden)
        {
            release.Log.Warning(
                $"Whether an earlier run of this release left signatures at {registry.Root} is not known, for this job may not read it: "
                    + e.Message
            );
            return ledger;
        }

        if (!conflicts.IsEmpty)
        {
            throw new PySignException(
                PySignFailure.Conflict,
                $"Stopped: {registry.Root} holds signatures of this version that are not of these files; nothing was signed or "
                    + $"uploaded:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, conflicts.Order(StringComparer.Ordinal).Select(line => "    " + line)),
                "Another run released this version from other bytes: that one stands, publish a new version. If its files were never "
                    + "announced, delete them in the store and run again."
            );
        }

        foreach (var (file, stored) in adopted)
        {
            ledger = ledger.With(Write(file, stored));
            release.Log.Information($"{file.Name}: its signature was found at {registry.Root}.");
        }

        return ledger;
    }

    /// <summary>Every upload of a release begins with the same file and goes on when it is there: a store without it has nothing of the
    /// release.</summary>
    private static async Task<bool> HasAnyAsync(GenericRegistry registry, Ledger ledger, CancellationToken cancellationToken)
    {
        var first = ledger.Files.Select(file => file.Name).Order(StringComparer.Ordinal).First();
        foreach (
            var name in new[]
            {
                first + SlsaProvenance.Suffix,
                first + SignatureNames.Bundle,
                first + SignatureNames.Certificate,
                StatementName(ledger),
            }
        )
        {
            registry.RequireFile(name);
            if (await registry.FingerprintAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<StoredSignature?> FetchAsync(
        GenericRegistry registry,
        LedgerFile file,
        ConcurrentQueue<string> conflicts,
        CancellationToken cancellationToken
    )
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
            Check(file, stored);
            return stored.Parts.Count > 0 ? stored : null;
        }
        catch (Exception e) when (e is VerificationException or PackagingException)
        {
            conflicts.Enqueue($"{file.Name}: here SHA-256 {file.Sha256}; what is there does not verify for it: {e.Message}");
        }
        catch (StoredElsewhereException e)
        {
            conflicts.Enqueue($"{file.Name}: {e.Message}");
        }

        return null;
    }

    /// <summary>Whatever lies in the store under the names of a file's signature must be about this file and by this signer: it could not
    /// be replaced.</summary>
    private void Check(LedgerFile file, StoredSignature stored)
    {
        if (stored.Part(Suffix) is { } bytes)
        {
            var bundle = Bundle.Parse(bytes);
            var there = bundle.MessageSignature?.Digest is { } digest ? Convert.ToHexStringLower(digest.Value.Span) : file.Sha256;
            if (there != file.Sha256)
            {
                throw new StoredElsewhereException($"here SHA-256 {file.Sha256}, signed there {there}");
            }

            (stored.Bundle, stored.Proof) = (bundle, Proven(bundle, file));
        }

        if (stored.Part(SignatureNames.Signature) is not null || stored.Part(SignatureNames.Certificate) is not null)
        {
            var own = stored.Bundle ?? throw new StoredElsewhereException("a .sig or .crt is there without its bundle");
            var problem = DetachedPair.Problem(
                own,
                stored.Part(SignatureNames.Signature) ?? DetachedPair.Signature(own),
                stored.Part(SignatureNames.Certificate) ?? DetachedPair.Certificate(own)
            );
            if (problem is not null)
            {
                throw new StoredElsewhereException($"the .sig and .crt there have {problem}");
            }
        }

        foreach (
            var (suffix, content) in stored.Parts.Where(part =>
                part.Key is not (Suffix or SignatureNames.Signature or SignatureNames.Certificate)
            )
        )
        {
            CheckFurther(file, suffix, content);
        }
    }

    private async Task<Ledger> StatementInStoreAsync(
        GenericRegistry registry,
        Ledger ledger,
        ConcurrentQueue<string> conflicts,
        CancellationToken cancellationToken
    )
    {
        var name = StatementName(ledger);
        if (ledger.Statement is not null || await ReadAsync(registry, name, cancellationToken).ConfigureAwait(false) is not { } bytes)
        {
            return ledger;
        }

        try
        {
            var proof = ProvenStatement(Bundle.Parse(bytes), ledger);
            if (!conflicts.IsEmpty)
            {
                return ledger;
            }

            var path = SignatureFiles.Put(_dist.File(name), "", bytes);
            return ledger with { Statement = new LedgerStatement(Describe(path.FullPath), proof.Identity, proof.Issuer, Logs(proof), []) };
        }
        catch (Exception e) when (e is VerificationException or ReleaseStatementException)
        {
            conflicts.Enqueue($"{name}: {e.Message}");
            return ledger;
        }
    }

    private LedgerFile Write(LedgerFile file, StoredSignature stored)
    {
        var path = _dist.File(file.Name);
        foreach (var (suffix, content) in stored.Parts)
        {
            SignatureFiles.Put(path, suffix, content);
        }

        if (stored.Bundle is not { } bundle)
        {
            // Its further parts lie in the folder now, where signing finds them.
            return file;
        }

        var complete = Complete(file, bundle, stored.Proof!);

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
            Signature = complete with { Files = [.. names.Select(name => Describe(_dist.File(name).FullPath))] },
            Receipts = [],
        };
    }

    /// <summary>A distribution that the index has with other bytes stops here, and not after its log entries.</summary>
    private async Task RequireSameAtIndexAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        if (release.Options.RepositoryUrl is null)
        {
            return;
        }

        var settings = ReleasePlan.PackagesOf(release);
        settings.DryRun = true;
        settings.Attestations = false;
        try
        {
            var plan = await release
                .Index.PlanAsync(ledger.Files.Select(file => _dist.File(file.Name)), settings, cancellationToken)
                .ConfigureAwait(false);
            UploadPlan.RefuseDifferent(plan.Uploads);
            plan.RefuseStrangers(ConsumerVerificationStage.UsersPolicy(release)?.Lookalikes == true);
        }
        catch (PySignException e)
            when (e.Reason is PySignFailure.Unauthorized or PySignFailure.Forbidden or PySignFailure.Unreachable or PySignFailure.TimedOut)
        {
            release.Log.Warning($"What the index has of this version is not known: {e.Message}");
        }
    }

    private static async Task<byte[]?> ReadAsync(GenericRegistry registry, string name, CancellationToken cancellationToken)
    {
        const int MaxBytes = 16 << 20;
        using var content = new MemoryStream();
        registry.RequireFile(name);
        var download = await registry
            .DownloadAsync(
                name,
                () =>
                {
                    content.SetLength(0);
                    return new LeaveOpen(content, MaxBytes);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return download is null ? null : content.ToArray();
    }

    private static string StatementName(Ledger ledger)
    {
        var statement = Release.Statement(ledger);
        return ReleaseStatement.FileName(statement.Name, statement.Version);
    }

    private static LedgerSignatureFile Describe(string path) => new(System.IO.Path.GetFileName(path), FileDigest.Of(path));

    private static IReadOnlyList<LedgerLog> Logs(VerifiedArtifact proof) =>
        [.. SignedLogEntry.From(proof).Select(entry => new LedgerLog(entry.Log, entry.Index, entry.IntegratedTime))];

    /// <summary>What a store has of one file.</summary>
    private sealed class StoredSignature
    {
        public Dictionary<string, byte[]> Parts { get; } = new(StringComparer.Ordinal);

        public Bundle? Bundle { get; set; }

        public VerifiedArtifact? Proof { get; set; }

        public byte[]? Part(string suffix) => Parts.GetValueOrDefault(suffix);
    }

    /// <summary>The store holds something of another signature or of other bytes.</summary>
    private sealed class StoredElsewhereException(string message) : Exception(message);

    /// <summary>A bounded view of a stream that outlives it.</summary>
    private sealed class LeaveOpen(MemoryStream target, int limit) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => target.Length;

        public override long Position
        {
            get => target.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (target.Length + count > limit)
            {
                throw new PySignException(PySignFailure.TooLarge, $"A signature file at the store has more than {limit} bytes.");
            }

            target.Write(buffer, offset, count);
        }
    }
}
