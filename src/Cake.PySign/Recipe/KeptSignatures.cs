using Cake.PySign.Build;

namespace Cake.PySign.Recipe;

/// <summary>
/// What an earlier run signed, across a new build. Signatures of the very same bytes may be public already, and a second signature
/// would then be refused by the registry for ever; those of other bytes are worth nothing and go. Nothing that is kept is ever moved or
/// written again, so there is no moment in which a killed process could lose it.
/// </summary>
internal sealed class KeptSignatures
{
    private readonly Ledger? _ledger;

    private KeptSignatures(Ledger? ledger) => _ledger = ledger;

    /// <summary>Reads the folder before a build changes it. A folder that is not whole has none to keep.</summary>
    public static KeptSignatures Of(DistFolder dist)
    {
        try
        {
            return new KeptSignatures(dist.Store.Exists ? dist.ReadSignedFiles() : null);
        }
        catch (PySignException)
        {
            return new KeptSignatures(null);
        }
    }

    /// <summary>The files that stay beside what was built: the ledger and every signature, if the bytes are the same; else none.</summary>
    public IReadOnlySet<string> Beside(IReadOnlyList<PyDistribution> built) =>
        IsOf(built[0].Name, built[0].Version, built.Select(one => (one.Path.GetFilename().ToString(), one.Sha256)))
            ? _ledger!.SignatureFiles.Select(part => part.Name).Append(LedgerStore.FileName).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>();

    /// <summary><paramref name="built"/> with the signatures and receipts of the same bytes.</summary>
    public Ledger Into(Ledger built) =>
        IsOf(built.Name, built.Version, built.Files.Select(file => (file.Name, file.Sha256)))
            ? built with
            {
                Files = _ledger!.Files,
                Statement = _ledger.Statement,
            }
            : built;

    private bool IsOf(string name, string version, IEnumerable<(string Name, string Sha256)> files) =>
        _ledger is not null
        && (_ledger.Name, _ledger.Version) == (name, version)
        && _ledger.Files.Select(file => (file.Name, file.Sha256)).ToHashSet().SetEquals(files);
}
