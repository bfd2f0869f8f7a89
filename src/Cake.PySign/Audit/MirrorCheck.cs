using Cake.PySign.Common.Network;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;

namespace Cake.PySign.Audit;

/// <summary>Compares what a mirror says of projects with what its upstream says.</summary>
internal sealed class MirrorCheck(AuditServices services)
{
    private const int MostPackages = 50;

    public async Task<MirrorReport> CheckAsync(PyCheckMirrorSettings settings, CancellationToken cancellationToken)
    {
        var mirrorUrl = ServiceAddress.Require(settings.Mirror.Url, "Mirror.Url");
        var upstreamUrl = ServiceAddress.Require(settings.Upstream.Url, "Upstream.Url");
        if (settings.Packages.Count is 0 or > MostPackages)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"Packages names {settings.Packages.Count} projects; from 1 to {MostPackages} are compared.",
                "Name some that you use, best with attestations and a yanked release."
            );
        }

        using var mirror = services.Index(mirrorUrl, settings.Network, settings.Mirror);
        using var upstream = services.Index(upstreamUrl, settings.Network, settings.Upstream);
        var sides = new MirrorSides();
        foreach (var name in settings.Packages.Select(Name))
        {
            await CompareAsync(name, upstream, mirror, sides, cancellationToken).ConfigureAwait(false);
        }

        return new MirrorReport(ServiceAddress.Shown(mirrorUrl), ServiceAddress.Shown(upstreamUrl), sides.Behaviors());
    }

    private static ProjectName Name(string name)
    {
        try
        {
            return ProjectName.Parse(name);
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, e.Message, innerException: e);
        }
    }

    private static async Task CompareAsync(
        ProjectName name,
        AuditIndex upstream,
        AuditIndex mirror,
        MirrorSides sides,
        CancellationToken cancellationToken
    )
    {
        var left = await upstream.PageAsync(name, cancellationToken).ConfigureAwait(false);
        var right = await mirror.PageAsync(name, cancellationToken).ConfigureAwait(false);
        if (left.Value is not { } original || right.Value is not { } mirrored)
        {
            sides.Unreachable(left.Value is null ? left.Detail! : right.Detail!);
            return;
        }

        var files = mirrored.Files.ToDictionary(static file => file.FileName, StringComparer.Ordinal);
        foreach (var file in original.Files)
        {
            sides.Add("files", file.FileName, files.ContainsKey(file.FileName) ? file.FileName : null);
            if (files.TryGetValue(file.FileName, out var same))
            {
                Compare(file, same, sides);
            }
        }

        await DeepAsync(original, files, upstream, mirror, sides, cancellationToken).ConfigureAwait(false);
    }

    private static void Compare(SimpleIndexFile file, SimpleIndexFile same, MirrorSides sides)
    {
        sides.Add("hashes", file.Sha256, same.Sha256);
        sides.Add("attestations", file.Provenance is null ? null : "announced", same.Provenance is null ? null : "announced");
        sides.Add("requires-python", file.RequiresPython, same.RequiresPython);
        sides.Add("core-metadata", file.HasMetadata ? "offered" : null, same.HasMetadata ? "offered" : null);
        sides.Add("yanks", file.Yanked is null ? null : "yanked", same.Yanked is null ? null : "yanked");
        sides.Add("upload-times", file.UploadedAt?.ToString("O"), same.UploadedAt?.ToString("O"));
        sides.Add("urls", ServiceAddress.Origin(file.Url), ServiceAddress.Origin(same.Url));
    }

    // The bytes of the smallest file of the project, and the provenance of one.
    private static async Task DeepAsync(
        SimpleIndex original,
        Dictionary<string, SimpleIndexFile> files,
        AuditIndex upstream,
        AuditIndex mirror,
        MirrorSides sides,
        CancellationToken cancellationToken
    )
    {
        var smallest = original
            .Files.Where(file => file.Sha256 is not null && files.ContainsKey(file.FileName))
            .MinBy(static file => file.Size ?? long.MaxValue);
        if (smallest is not null)
        {
            sides.Add(
                "bytes",
                smallest.Sha256,
                await mirror.DigestAsync(files[smallest.FileName].Url, cancellationToken).ConfigureAwait(false)
            );
        }

        var attested = original.Files.FirstOrDefault(file =>
            file.Provenance is not null && files.GetValueOrDefault(file.FileName)?.Provenance is not null
        );
        if (attested is not null)
        {
            sides.Add(
                "provenance",
                await DocumentAsync(upstream, attested, cancellationToken).ConfigureAwait(false),
                await DocumentAsync(mirror, files[attested.FileName], cancellationToken).ConfigureAwait(false)
            );
        }
    }

    private static async Task<string?> DocumentAsync(AuditIndex index, SimpleIndexFile file, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(file.Url, file.Provenance, out var url))
        {
            return null;
        }

        Provenance? provenance = (await index.ProvenanceAsync(url, cancellationToken).ConfigureAwait(false)).Value;
        return provenance?.ToJson();
    }
}

/// <summary>Counts, for each behavior, what both sides say.</summary>
internal sealed class MirrorSides
{
    private static readonly (string Name, string Stripped, string Changed)[] _behaviors =
    [
        ("files", "Files that upstream has are missing: what is locked by them is unverifiable here.", ""),
        (
            "hashes",
            "Without hashes no file can be recognized: everything is unverifiable.",
            "The mirror lists other digests: do not install from it."
        ),
        ("bytes", "Files cannot be fetched.", "The mirror serves other bytes than upstream: do not install from it."),
        (
            "attestations",
            "The mirror does not announce attestations: behind it everything is index-without-attestations. Audit against the upstream "
                + "with audit-index, for public names.",
            ""
        ),
        (
            "provenance",
            "The mirror announces provenance and does not serve it.",
            "The mirror serves other provenance than upstream. It is verified all the same; what does not verify is unverifiable."
        ),
        (
            "requires-python",
            "Installers may choose files that do not fit.",
            "The mirror says something else of which Python a file is for."
        ),
        ("core-metadata", "Installers fetch whole files for their metadata; an audit does not need it.", ""),
        ("yanks", "A yanked release looks like any other.", "The mirror says of other releases that they are yanked."),
        (
            "upload-times",
            "How long something has been attested is not known: nothing is moved to enforce.",
            "Upload times are the mirror's own."
        ),
        ("urls", "Files have no address.", "Files come from the mirror, which hashes make harmless."),
    ];

    private readonly Dictionary<string, (int Seen, int Stripped, int Changed, string? Example)> _counts = new(StringComparer.Ordinal);
    private string? _unreachable;

    public void Unreachable(string detail) => _unreachable ??= detail;

    public void Add(string behavior, string? upstream, string? mirror)
    {
        var (seen, stripped, changed, example) = _counts.GetValueOrDefault(behavior);
        if (upstream is not null)
        {
            seen++;
        }

        if (upstream is not null && mirror is null)
        {
            stripped++;
        }
        else if (upstream != mirror)
        {
            changed++;
            example ??= $"{AuditText.Shown(mirror)[..Math.Min(80, AuditText.Shown(mirror).Length)]}";
        }

        _counts[behavior] = (seen, stripped, changed, example);
    }

    public IReadOnlyList<MirrorBehavior> Behaviors() => [.. _behaviors.Select(Behavior)];

    private MirrorBehavior Behavior((string Name, string Stripped, string Changed) one)
    {
        var (seen, stripped, changed, example) = _counts.GetValueOrDefault(one.Name);
        if (changed > 0)
        {
            return new(one.Name, MirrorOutcome.Changed, $"{changed} differ, for example {example}", one.Changed);
        }

        if (stripped > 0)
        {
            return new(one.Name, MirrorOutcome.Stripped, $"{stripped} of {seen} are gone", one.Stripped);
        }

        if (_unreachable is not null && seen == 0)
        {
            return new(one.Name, MirrorOutcome.Unknown, _unreachable, "Nothing is known of it.");
        }

        return seen == 0
            ? new(one.Name, MirrorOutcome.NotSeen, "upstream has none for these projects", "Name a project that has some.")
            : new(one.Name, MirrorOutcome.Passed, $"{seen} are the same", "An audit behind the mirror sees what upstream says.");
    }
}
