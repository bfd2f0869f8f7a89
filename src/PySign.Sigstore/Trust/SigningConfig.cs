using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Trust;

/// <summary>
/// Which services of an instance to sign with, and when (signing_config.v0.2.json; protobuf-specs sigstore_trustroot.proto, SigningConfig).
/// </summary>
public sealed class SigningConfig
{
    internal SigningConfig() { }

    /// <summary>What of the document is not used, and why, as sentences; usually none.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    internal IReadOnlyList<ConfiguredService> CertificateAuthorities { get; init; } = [];

    internal IReadOnlyList<ConfiguredService> Logs { get; init; } = [];

    internal ServiceSelection LogSelection { get; init; } = ServiceSelection.Any;

    internal IReadOnlyList<ConfiguredService> TimestampAuthorities { get; init; } = [];

    internal ServiceSelection TimestampSelection { get; init; } = ServiceSelection.Any;

    /// <summary>Reads a signing config 0.2, or the one inside a client trust configuration, from UTF-8 proto-JSON.</summary>
    /// <param name="utf8Json">The document, at most 1 MiB.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.SigningConfigInvalid"/>.</exception>
    public static SigningConfig Parse(ReadOnlyMemory<byte> utf8Json) => SigningConfigReader.Read(utf8Json);

    /// <summary>Reads a signing config file.</summary>
    /// <param name="path">The file, at most 1 MiB.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.SigningConfigInvalid"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SigningConfig Load(string path)
    {
        try
        {
            return Parse(BoundedFile.Read(path, Limits.TrustedRootBytes, VerificationStep.TrustedRoot));
        }
        catch (VerificationException e)
        {
            throw SigningConfigReader.Invalid(e);
        }
    }

    /// <summary>
    /// The signing config of the public-good instance that this version of the library carries. It grows old: where the
    /// repository can be reached, <see cref="Tuf.TufTrust.GetSigningConfigAsync"/> has the current one.
    /// </summary>
    [SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "A named constructor, like Parse and Load.")]
    public static SigningConfig PublicGood() => Parse(Embedded.Read("signing_config.v0.2.json"));

    /// <summary>
    /// Selects services: of those valid now, with a known API version, at most one per operator; for each kind the highest API version that
    /// satisfies the selector, never two versions together; the newest of an operator.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.NoUsableService"/>.</exception>
    public SigningServices Select(DateTimeOffset now) => Select(now, [2, 1]);

    /// <summary>Selects services of which the log has API version 1, whatever the config prefers; as <see cref="Select(DateTimeOffset)"/>
    /// otherwise.</summary>
    public SigningServices SelectWithRekorV1(DateTimeOffset now) => Select(now, [1]);

    /// <summary>Selects services for a managed key, as <see cref="Select(DateTimeOffset)"/> otherwise: no certificate authority is needed,
    /// and a config that names no log or no timestamp authority means that none is used.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.NoUsableService"/>: those that are named cannot be
    /// used.</exception>
    public SigningServices SelectForKey(DateTimeOffset now)
    {
        var services = SigningServices.ForKey(Logs.Count == 0 ? [] : SelectLogs(now, [2, 1]), SelectTimestampAuthorities(now));
        services.Check();
        return services;
    }

    private SigningServices Select(DateTimeOffset now, int[] logVersions)
    {
        var services = new SigningServices
        {
            Fulcio = Select("certificate authority", CertificateAuthorities, ServiceSelection.Any, [1], now)[0].Uri,
            Logs = SelectLogs(now, logVersions),
            TimestampAuthorities = SelectTimestampAuthorities(now),
        };
        services.Check();
        return services;
    }

    private TransparencyLogService[] SelectLogs(DateTimeOffset now, int[] versions) =>
        [
            .. Select("transparency log", Logs, LogSelection, versions, now)
                .Select(static s => new TransparencyLogService(s.Uri, s.MajorApiVersion, s.Operator)),
        ];

    /// <summary>An instance may have none; one that lists some that cannot be used now is an error.</summary>
    private Uri[] SelectTimestampAuthorities(DateTimeOffset now) =>
        TimestampAuthorities.Count == 0
            ? []
            : [.. Select("timestamp authority", TimestampAuthorities, TimestampSelection, [1], now).Select(static s => s.Uri)];

    private static ConfiguredService[] Select(
        string kind,
        IReadOnlyList<ConfiguredService> services,
        ServiceSelection selection,
        int[] versions,
        DateTimeOffset now
    )
    {
        foreach (var version in versions)
        {
            ConfiguredService[] candidates =
            [
                .. services
                    .Where(s => s.MajorApiVersion == version && s.ValidFor.Contains(now))
                    .OrderByDescending(static s => s.ValidFor.Start)
                    .DistinctBy(static s => s.Operator, StringComparer.Ordinal),
            ];
            if (candidates.Length >= Math.Max(selection.Count ?? 1, 1))
            {
                return selection.IsAll ? candidates : candidates[..(selection.Count ?? 1)];
            }
        }

        throw new SigningException(
            SigningFailure.NoUsableService,
            "",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The signing config lists {services.Count} entries as {kind}, and not {selection.Count ?? 1} of different operators "
                    + $"with API version {string.Join(" or ", versions)} valid at {now:u}"
            ),
            "Fetch the instance's current signing config; if it is current, update Cake.PySign."
        );
    }
}

/// <summary>One service of a signing config.</summary>
internal sealed record ConfiguredService(Uri Uri, int MajorApiVersion, ValidityWindow ValidFor, string Operator);

/// <summary>How many services of a kind to use: ANY is one, EXACT a number, ALL every one.</summary>
internal sealed record ServiceSelection(bool IsAll, int? Count)
{
    public static readonly ServiceSelection Any = new(false, null);
}
