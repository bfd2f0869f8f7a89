using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>The folder between the stages. What lies in it must be what the ledger says, or no stage runs.</summary>
internal sealed class DistFolder(DirectoryPath path, KnownDigests? digests = null)
{
    // Each is lost to another run that lets go in the same moment.
    private const int MaxAttempts = 100;

    private readonly KnownDigests _digests = digests ?? new KnownDigests();

    public DirectoryPath Path { get; } = path;

    public LedgerStore Store { get; } = new(path);

    public FilePath File(string name) => Path.CombineWithFilePath(name);

    /// <summary>The ledger, after every distribution on disk was found to be the one it names and no other lies beside them.</summary>
    /// <exception cref="PySignException">A distribution is missing, changed, or not in the ledger.</exception>
    public Ledger ReadChecked()
    {
        var ledger = Store.Read();
        foreach (var file in ledger.Files)
        {
            Require(file.Name, file.Sha256);
        }

        var foreign = Distributions().Where(name => ledger.Files.All(file => file.Name != name)).ToList();
        return foreign.Count == 0
            ? ledger
            : throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{Path}' holds {string.Join(", ", foreign)}, which the ledger does not name: it was not built by this release.",
                "Remove it, or build again."
            );
    }

    /// <summary>Reads each distribution of the ledger that is there, once: what is asked of it later in this stage, its digest before all,
    /// is known from then on.</summary>
    /// <param name="checkRecord">Whether wheels are held against their RECORD.</param>
    /// <returns>What each holds, by its name.</returns>
    public IReadOnlyDictionary<string, InspectedDistribution> Inspect(bool checkRecord = false) =>
        Store
            .Read()
            .Files.Where(file => System.IO.File.Exists(File(file.Name).FullPath))
            .ToDictionary(file => file.Name, file => _digests.Inspect(File(file.Name), checkRecord), StringComparer.Ordinal);

    /// <summary>What an import left, with the digests that the ledger names; what of it is missing or changed is left out.</summary>
    public IReadOnlyList<LedgerFile> ReadImported() =>
        [
            .. Store
                .Read()
                .Files.Where(file => file.Origin is not null && Holds(new LedgerSignatureFile(file.Name, file.Sha256)))
                .Select(file => file.Signature?.Files.All(Holds) == false ? file with { Signature = null, Receipts = [] } : file),
        ];

    /// <summary>The same for the files of every signature, and for the statement about all of them.</summary>
    /// <exception cref="PySignException">A distribution is unsigned, the statement is not made yet, or a file of either is missing or
    /// changed.</exception>
    public Ledger ReadSigned()
    {
        var ledger = ReadSignedFiles();
        var statement =
            ledger.Statement
            ?? throw new PySignException(
                PySignFailure.MissingFile,
                "Which files the release consists of has not been signed: a consumer could not tell whether one is hidden or added.",
                "Run PySign-Sign, and hand its whole output folder on; what is signed already keeps its signature."
            );
        Require(statement.File.Name, statement.File.Sha256);
        return ledger;
    }

    /// <summary>The distributions and their signatures alone: what an earlier run may have left that ended before the statement.</summary>
    /// <exception cref="PySignException">A distribution is unsigned, or a signature's file is missing or changed.</exception>
    public Ledger ReadSignedFiles()
    {
        var ledger = ReadChecked();
        foreach (var file in ledger.Files)
        {
            if (file.Signature is null)
            {
                throw new PySignException(
                    PySignFailure.MissingFile,
                    $"'{file.Name}' has not been signed.",
                    "Run PySign-Sign first, and hand its whole output folder on."
                );
            }

            foreach (var part in file.Signature.Files)
            {
                Require(part.Name, part.Sha256);
            }
        }

        return ledger;
    }

    /// <summary>The names of what lies there and looks like a distribution.</summary>
    public IEnumerable<string> Distributions() =>
        Directory
            .EnumerateFiles(Path.FullPath)
            .Select(found => System.IO.Path.GetFileName(found))
            .Where(IsDistribution)
            .Order(StringComparer.Ordinal);

    /// <summary>Finds out whether files can be written here, before anything that cannot be taken back.</summary>
    /// <exception cref="PySignException">They cannot.</exception>
    public void RequireWritable()
    {
        try
        {
            AtomicFile.TryFolder(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PySignException(
                PySignFailure.OutputUnwritable,
                $"Nothing can be written to '{Path}': {e.Message}",
                "Make room, or correct the permissions. Nothing was signed and nothing became public.",
                e
            );
        }
    }

    /// <summary>Keeps every other run out of the folder while what is made here becomes public: two at once would log each file
    /// twice.</summary>
    /// <returns>Lets the next one in.</returns>
    /// <exception cref="PySignException">Another run works here, or nothing can be written.</exception>
    public IDisposable Hold()
    {
        var file = $"{Store.Path.FullPath}.lock";
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                if (System.IO.File.Exists(file))
                {
                    return held;
                }

                // It was the one that another run has just let go of.
                held.Dispose();
            }

            throw new IOException("it is removed again and again");
        }
        catch (IOException) when (System.IO.File.Exists(file))
        {
            throw new PySignException(
                PySignFailure.Conflict,
                $"Another run works in '{Path}'.",
                "Let it end; what it has signed by then is kept. Nothing was signed here."
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(file, e);
        }
    }

    public bool Holds(LedgerSignatureFile part) =>
        System.IO.File.Exists(File(part.Name).FullPath) && _digests.Of(File(part.Name)) == part.Sha256;

    /// <summary>A distribution, for a signature of it or a verification.</summary>
    public Artifact Artifact(string name) => _digests.Artifact(File(name));

    /// <exception cref="PySignException">The file is missing or changed.</exception>
    public void Require(string name, Sha256Digest sha256)
    {
        var file = File(name);
        if (!System.IO.File.Exists(file.FullPath))
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"'{file}' is in the ledger and not on disk.",
                "Hand the whole output folder on to this job, or build again."
            );
        }

        var found = _digests.Of(file);
        if (found != sha256)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{file}' is not the file that an earlier stage left: expected SHA-256 {sha256}, found {found}.",
                "Somebody changed it between the stages. Find out who; then build again."
            );
        }
    }

    private static bool IsDistribution(string name) =>
        name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
}
