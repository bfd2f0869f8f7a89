using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Common.Statements;
using Cake.PySign.Sign;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>What earlier runs signed and left in the folder, also where a killed run left it out of the ledger.</summary>
internal sealed class EarlierInFolder(Release release, SignatureJudge judge)
{
    private readonly DistFolder _dist = release.Dist;

    /// <summary>The ledger with what lies in the folder and holds, and without what does not.</summary>
    public Ledger Read(Ledger ledger)
    {
        var files = ledger.Files.Select(Read).ToList();
        var statement = Statement(ledger);
        return files.SequenceEqual(ledger.Files) && statement == ledger.Statement
            ? ledger
            : ledger with
            {
                Files = files,
                Statement = statement,
            };
    }

    /// <summary>The signature of a verified bundle that lies in the folder, with its pair made again from it.</summary>
    public LedgerSignature Complete(LedgerFile file, Bundle bundle, VerifiedArtifact proof)
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

        parts.AddRange(Further(file));
        return new LedgerSignature(proof.Identity, proof.Issuer, parts, Logs(proof));
    }

    public static LedgerSignatureFile Describe(string path) => new(System.IO.Path.GetFileName(path), FileDigest.Of(path));

    public static IReadOnlyList<LedgerLog> Logs(VerifiedArtifact proof) =>
        [.. SignedLogEntry.From(proof).Select(entry => new LedgerLog(entry.Log, entry.Index, entry.IntegratedTime))];

    public static string StatementName(Ledger ledger)
    {
        var statement = Release.Statement(ledger);
        return ReleaseStatement.FileName(statement.Name, statement.Version);
    }

    private LedgerFile Read(LedgerFile file)
    {
        var path = _dist.File(file.Name + SignatureNames.Bundle).FullPath;
        if (!File.Exists(path))
        {
            return file with { Signature = null };
        }

        try
        {
            var bundle = Bundle.Load(path);
            var proof = judge.Signature(bundle, file);
            var whole = file.Signature is { } signature && signature.Files.Where(part => !IsFurther(part)).All(_dist.Holds);
            return whole && SignaturePairs.Problem(_dist, file) is null ? file : file with { Signature = Complete(file, bundle, proof) };
        }
        catch (Exception e) when (SignatureJudge.IsRefusal(e))
        {
            release.Log.Warning($"{file.Name}: what an earlier run signed does not verify and is made again. {e.Message}");
            return file with { Signature = null };
        }
    }

    private static bool IsFurther(LedgerSignatureFile part) => AttestedFiles.Is(part) || ProvenanceFiles.Is(part);

    /// <summary>Provenance and attestations that lie beside the file and hold; others are made again.</summary>
    private IEnumerable<LedgerSignatureFile> Further(LedgerFile file)
    {
        foreach (var suffix in (string[])[SignatureNames.Provenance, .. AttestationFiles.Suffixes])
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
            judge.Further(file, suffix, content);
            return true;
        }
        catch (Exception e) when (SignatureJudge.IsRefusal(e))
        {
            return false;
        }
    }

    private LedgerStatement? Statement(Ledger ledger)
    {
        var path = _dist.File(StatementName(ledger));
        if (!File.Exists(path.FullPath))
        {
            return null;
        }

        try
        {
            var proof = judge.Statement(Bundle.Load(path.FullPath), ledger);
            var file = Describe(path.FullPath);
            return ledger.Statement is { } statement && statement.File == file
                ? statement
                : new LedgerStatement(file, proof.Identity, proof.Issuer, Logs(proof), []);
        }
        catch (Exception e) when (SignatureJudge.IsRefusal(e))
        {
            release.Log.Warning($"{path.GetFilename()}: the signature of an earlier run does not verify and is made again. {e.Message}");
            return null;
        }
    }
}
