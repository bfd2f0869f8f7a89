using System.Globalization;
using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Audit.Reports;
using Cake.PySign.Common;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Signatures;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Names;

namespace Cake.PySign.Audit;

/// <summary>Shows what attestations hold, without judging it.</summary>
internal sealed class AttestationInspector(AuditServices services)
{
    public async Task<IReadOnlyList<InspectedAttestation>> InspectAsync(
        PyInspectAttestationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        var given = new object?[] { settings.File, settings.ProvenanceUrl, settings.Name }.Count(static one => one is not null);
        if (given != 1 || settings.Name is not null != settings.Version is not null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "Exactly one of File, ProvenanceUrl, and Name with Version says what is to be shown.",
                "Set one of them."
            );
        }

        if (settings.File is { } path)
        {
            return FromFile(path.MakeAbsolute(services.Environment));
        }

        using var index = services.Index(ServiceAddress.Require(settings.Index.Url, "Index.Url"), settings.Network, settings.Index);
        if (settings.ProvenanceUrl is { } url)
        {
            return From(await ProvenanceAsync(index, url, cancellationToken).ConfigureAwait(false), url.GetLeftPart(UriPartial.Path));
        }

        return await FromIndexAsync(index, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same for a terminal; the first line says that nothing is verified.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<InspectedAttestation> shown)
    {
        yield return "NOT VERIFIED: anybody can write all of this.";
        foreach (var one in shown)
        {
            yield return AuditText.Shown(one.Source);
            yield return $"  index names       {AuditText.Shown(one.Publisher?.ToString() ?? "nobody")}";
            yield return $"  predicate         {AuditText.Shown(one.PredicateType)}";
            yield return $"  identity          {AuditText.Shown(one.Identity)}";
            foreach (var subject in one.Subjects)
            {
                yield return $"  subject           {AuditText.Shown(subject.Name)} sha256:{subject.Sha256?.Hex ?? "none"}";
            }

            foreach (var (name, value) in one.Claims)
            {
                yield return $"  {name, -17} {AuditText.Shown(value)}";
            }

            yield return $"  certificate       {AuditJson.Time(one.NotBefore)} to {AuditJson.Time(one.NotAfter)}";
            foreach (var entry in one.LogEntries)
            {
                yield return $"  log entry         {entry.Index} in {AuditText.Shown(entry.Log)}";
            }
        }
    }

    /// <summary>The same as JSON.</summary>
    public static byte[] Json(IReadOnlyList<InspectedAttestation> shown) =>
        ReportJson.Write(json =>
            json.Object(() =>
            {
                json.WriteNumber("schema", 1);
                json.WriteBoolean("verified", false);
                json.Array("attestations", shown, one => Write(json, one));
            })
        );

    private static void Write(Utf8JsonWriter json, InspectedAttestation one) =>
        json.Object(() =>
        {
            json.WriteString("source", AuditText.Shown(one.Source));
            AuditJson.Publisher(json, one.Publisher);
            json.WriteString("predicateType", one.PredicateType);
            json.Array(
                "subjects",
                one.Subjects,
                subject =>
                    json.Object(() =>
                    {
                        json.WriteString("name", subject.Name);
                        json.Optional("sha256", subject.Sha256?.Hex);
                    })
            );
            json.WriteString("identity", one.Identity);
            json.WriteString("issuer", one.Issuer);
            json.Object(
                "claims",
                () =>
                {
                    foreach (var (name, value) in one.Claims)
                    {
                        json.WriteString(name, value);
                    }
                }
            );
            json.WriteString("notBefore", AuditJson.Time(one.NotBefore));
            json.WriteString("notAfter", AuditJson.Time(one.NotAfter));
            json.Array(
                "logEntries",
                one.LogEntries,
                entry =>
                    json.Object(() =>
                    {
                        json.WriteString("log", entry.Log);
                        json.WriteNumber("index", entry.Index);
                        json.Optional("integratedTime", entry.IntegratedTime is { } time ? AuditJson.Time(time) : null);
                    })
            );
        });

    private static async Task<IReadOnlyList<InspectedAttestation>> FromIndexAsync(
        AuditIndex index,
        PyInspectAttestationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        var package = Package(settings.Name!, settings.Version!);
        var page = await index.PageAsync(package.Name, cancellationToken).ConfigureAwait(false);
        AuditServices.RequireLetIn(page);
        if (page.Value is not { } found)
        {
            throw new PySignException(PySignFailure.NotFound, page.Detail ?? "The index has no page of it.");
        }

        var shown = new List<InspectedAttestation>();
        foreach (var file in PackageJudge.Release(package, found).Where(static file => file.Provenance is not null))
        {
            var url = Uri.TryCreate(file.Url, file.Provenance, out var link)
                ? link
                : throw new PySignException(
                    PySignFailure.InvalidMetadata,
                    $"The index's link to the provenance of {file.FileName} is not an address."
                );
            shown.AddRange(From(await ProvenanceAsync(index, url, cancellationToken).ConfigureAwait(false), file.FileName));
        }

        return shown.Count > 0
            ? shown
            : throw new PySignException(
                PySignFailure.NotFound,
                $"{index.Root} announces no provenance for {package.Name} {package.Version}."
            );
    }

    /// <summary>A package by name and version.</summary>
    public static LockedPackage Package(string name, string version)
    {
        try
        {
            return new LockedPackage
            {
                Name = ProjectName.Parse(name),
                Version = global::PySign.Packaging.Versions.PythonVersion.Parse(version).Normalized,
                Source = LockedSource.UnnamedIndex,
            };
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, e.Message, innerException: e);
        }
    }

    private static async Task<Provenance> ProvenanceAsync(AuditIndex index, Uri url, CancellationToken cancellationToken)
    {
        var answer = await index.ProvenanceAsync(url, cancellationToken).ConfigureAwait(false);
        AuditServices.RequireLetIn(answer);
        return answer.Value ?? throw new PySignException(PySignFailure.NotFound, $"{AuditNames.Of(answer.Reason)}: {answer.Detail}");
    }

    private static IReadOnlyList<InspectedAttestation> FromFile(FilePath path)
    {
        try
        {
            var beside = path.FullPath.EndsWith(SignatureNames.Attestation, StringComparison.Ordinal)
                ? [path]
                : AttestationFiles.Beside(path);
            if (beside.Count > 0)
            {
                return [.. beside.Select(file => Read(AttestationFiles.Load(file), null, file.GetFilename().FullPath))];
            }

            var file = new FileInfo(path.FullPath);
            return file is { Exists: true, Length: <= Provenance.MaxBytes }
                ? From(Provenance.Parse(File.ReadAllBytes(path.FullPath)), path.GetFilename().FullPath)
                : throw new PySignException(
                    PySignFailure.MissingFile,
                    $"There is no provenance or attestation at or beside '{path}', or it is larger than {Provenance.MaxBytes} bytes."
                );
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidMetadata, $"'{path}' cannot be read: {e.Message}", innerException: e);
        }
    }

    private static IReadOnlyList<InspectedAttestation> From(Provenance provenance, string source) =>
        [
            .. provenance.Bundles.SelectMany(bundle =>
                bundle.Attestations.Select(attestation =>
                    Read(
                        attestation,
                        new AuditedPublisher(
                            bundle.Publisher.Kind,
                            bundle.Publisher.Repository,
                            bundle.Publisher.Workflow,
                            bundle.Publisher.Environment,
                            bundle.Publisher.Email
                        ),
                        source
                    )
                )
            ),
        ];

    private static InspectedAttestation Read(Attestation attestation, AuditedPublisher? publisher, string source)
    {
        var certificate = CertificateClaims.Read(attestation.Certificate.Span);
        var (type, subjects) = Statement(attestation.Statement);
        return new InspectedAttestation
        {
            Source = source,
            Publisher = publisher,
            PredicateType = type,
            Subjects = subjects,
            Identity = certificate?.Identity ?? "(not a certificate)",
            Issuer = certificate?.Claims.GetValueOrDefault("issuer") ?? "",
            Claims = certificate?.Claims ?? new Dictionary<string, string>(StringComparer.Ordinal),
            NotBefore = certificate?.From ?? default,
            NotAfter = certificate?.To ?? default,
            LogEntries = [.. attestation.TransparencyEntries.Select(LogEntry)],
        };
    }

    // Shown even where no index would take it.
    private static (string Type, IReadOnlyList<InspectedSubject> Subjects) Statement(ReadOnlyMemory<byte> statement)
    {
        try
        {
            var read = InTotoStatement.Parse(statement);
            return (read.PredicateType, [.. read.Subjects.Select(subject => new InspectedSubject(subject.Name ?? "", subject.Sha256))]);
        }
        catch (StatementException)
        {
            return ("(not a statement)", []);
        }
    }

    private static SignedLogEntry LogEntry(ReadOnlyMemory<byte> entry)
    {
        using var json = JsonDocument.Parse(entry);
        var id =
            json.RootElement.TryGetProperty("logId", out var log)
            && log.ValueKind == JsonValueKind.Object
            && log.TryGetProperty("keyId", out var key)
                ? key.ToString()
                : "an unnamed log";
        var seconds = Number(json.RootElement, "integratedTime");
        return new SignedLogEntry(
            id,
            Number(json.RootElement, "logIndex") ?? -1,
            seconds is > 0 and <= LatestTime ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null
        );
    }

    // The last second of the year 9999: what is later is not a time here.
    private const long LatestTime = 253402300799;

    // Protobuf's JSON has 64-bit numbers as text; who writes it by hand may not.
    private static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
