using Cake.PySign.Build;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Recipe;

/// <summary>
/// What an earlier run signed, across a new build. Signatures of the very same bytes may be public already, and a second signature
/// would then be refused by the registry permanently; those of other bytes are worth nothing and go. Nothing that is kept is ever moved or
/// written again, so there is no moment in which a killed process could lose it.
/// </summary>
internal sealed class KeptSignatures
{
    private readonly Ledger? _ledger;
    private readonly IReadOnlyList<LedgerFile> _imported;

    private KeptSignatures(Ledger? ledger, IReadOnlyList<LedgerFile> imported) => (_ledger, _imported) = (ledger, imported);

    /// <summary>Reads the folder before a build changes it. A folder that is not whole has no signature to keep; what was imported is kept
    /// as long as it is there.</summary>
    public static KeptSignatures Of(DistFolder dist)
    {
        var imported = Try(() => dist.Store.Exists ? dist.ReadImported() : null) ?? [];
        return new KeptSignatures(Try(() => dist.Store.Exists ? dist.ReadSignedFiles() : null), imported);
    }

    /// <summary>The files that stay beside what was built: what was imported, and the ledger and every signature, if the bytes are the
    /// same.</summary>
    /// <exception cref="PySignException">What was imported is of another release than what was built.</exception>
    public IReadOnlySet<string> Beside(IReadOnlyList<BuiltDistribution> built)
    {
        foreach (var file in _imported)
        {
            RequireSame(DistributionFileName.Parse(file.Name), built[0]);
        }

        var files = built.Select(one => (one.Path.GetFilename().ToString(), one.Sha256)).Concat(Imported).ToList();
        var kept = IsOf(built[0].Name, built[0].Version, files)
            ? _ledger!.SignatureFiles.Select(part => part.Name).Append(LedgerStore.FileName)
            : _imported.SelectMany(file => file.Signature?.Files ?? []).Select(part => part.Name);
        return kept.Concat(_imported.Select(file => file.Name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary><paramref name="built"/> with what was imported, and with the signatures and receipts of the same bytes.</summary>
    public Ledger Into(Ledger built)
    {
        var whole = built with { Files = [.. built.Files.Concat(_imported).OrderBy(file => file.Name, StringComparer.Ordinal)] };
        return IsOf(built.Name, built.Version, whole.Files.Select(file => (file.Name, file.Sha256)))
            ? whole with
            {
                Files = _ledger!.Files,
                Statement = _ledger.Statement,
            }
            : whole;
    }

    private IEnumerable<(string Name, Sha256Digest Sha256)> Imported => _imported.Select(file => (file.Name, file.Sha256));

    private bool IsOf(string name, string version, IEnumerable<(string Name, Sha256Digest Sha256)> files) =>
        _ledger is not null
        && (_ledger.Name, _ledger.Version) == (name, version)
        && _ledger.Files.Select(file => (file.Name, file.Sha256)).ToHashSet().SetEquals(files);

    private static void RequireSame(DistributionFileName imported, BuiltDistribution built)
    {
        if (imported.Name.Normalized != ProjectName.Parse(built.Name).Normalized || imported.Version != PythonVersion.Parse(built.Version))
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                $"'{imported}' was imported into the output folder, and what was built is {built.Name} {built.Version}.",
                "A release has one version: empty the folder, or name another one. Nothing was deleted."
            );
        }
    }

    private static T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (PySignException)
        {
            return null;
        }
    }
}
