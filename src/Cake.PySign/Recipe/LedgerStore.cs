using System.Text.Json;
using System.Text.Json.Serialization;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe;

/// <summary>Reads and writes the ledger: strictly, and never half.</summary>
internal sealed class LedgerStore(DirectoryPath dist)
{
    public const string FileName = "pysign.json";

    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly JsonSerializerOptions _format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    public FilePath Path { get; } = dist.CombineWithFilePath(FileName);

    public bool Exists => File.Exists(Path.FullPath);

    /// <summary>Writes to a temporary name and renames: a reader sees the old ledger or the new one.</summary>
    public void Write(Ledger ledger)
    {
        AtomicFile.Write(Path, [.. JsonSerializer.SerializeToUtf8Bytes(ledger, _format), (byte)'\n']);
    }

    /// <exception cref="PySignException">There is no ledger, or it is not one that this version wrote.</exception>
    public Ledger Read()
    {
        if (!Exists)
        {
            throw new PySignException(
                PySignFailure.MissingFile,
                $"There is no ledger '{Path}'.",
                $"Run PySign-Build first, and hand its whole output folder on to this job (as artifacts, {FileName} included)."
            );
        }

        SpecialFile.Refuse(Path.FullPath);
        if (new FileInfo(Path.FullPath).Length > MaxBytes)
        {
            throw Invalid($"it is larger than {MaxBytes} bytes");
        }

        try
        {
            var ledger = JsonSerializer.Deserialize<Ledger>(File.ReadAllBytes(Path.FullPath), _format);
            return LedgerRules.Problem(ledger) is { } problem ? throw Invalid(problem) : ledger!;
        }
        catch (Exception e) when (e is JsonException or PackagingException)
        {
            throw Invalid(e.Message, e);
        }
    }

    private PySignException Invalid(string problem, Exception? inner = null) =>
        new(
            PySignFailure.InvalidSettings,
            $"The ledger '{Path}' cannot be used: {problem}.",
            "It is written by the stages only. Build again with the same version of Cake.PySign; an empty folder "
                + $"'{IoPath.GetFileName(dist.FullPath)}' is a clean start.",
            inner
        );
}
