namespace Cake.PySign.Recipe;

/// <summary>
/// What an earlier run signed, across a new build. Signatures of the very same bytes may be public already, and a second signature
/// would then be refused by the registry for ever; those of other bytes are worth nothing and go.
/// </summary>
internal sealed class KeptSignatures
{
    private readonly Ledger? _ledger;
    private readonly Dictionary<string, byte[]> _contents = [];

    private KeptSignatures(Ledger? ledger) => _ledger = ledger;

    /// <summary>Remembers the folder's signatures before a build empties it. A folder that is not whole has none to keep.</summary>
    public static KeptSignatures Of(DistFolder dist)
    {
        try
        {
            var kept = new KeptSignatures(dist.Store.Exists ? dist.ReadSigned() : null);
            foreach (var part in kept.Parts)
            {
                kept._contents[part.Name] = File.ReadAllBytes(dist.File(part.Name).FullPath);
            }

            return kept;
        }
        catch (PySignException)
        {
            return new KeptSignatures(null);
        }
    }

    /// <summary><paramref name="built"/> with the signatures and receipts of the same bytes, their files back in the folder.</summary>
    public Ledger Restore(Ledger built, DistFolder dist)
    {
        var same = _ledger is not null
            && (_ledger.Name, _ledger.Version) == (built.Name, built.Version)
            && _ledger.Files.Select(file => (file.Name, file.Sha256)).SequenceEqual(built.Files.Select(file => (file.Name, file.Sha256)));
        if (!same)
        {
            return built;
        }

        foreach (var (name, content) in _contents)
        {
            File.WriteAllBytes(dist.File(name).FullPath, content);
        }

        return built with { Files = _ledger!.Files };
    }

    private IEnumerable<LedgerSignatureFile> Parts => _ledger?.Files.SelectMany(file => file.Signature!.Files) ?? [];
}
