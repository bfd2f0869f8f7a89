using System.Text;
using System.Text.Json;

namespace PySign.Packaging.Attestations;

/// <summary>What an index serves about one distribution, version 1 (PEP 740, "Provenance objects"): publishers, and the attestations of
/// each.</summary>
public sealed record Provenance
{
    /// <summary>The most that is read.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>The media type of PyPI's integrity API.</summary>
    public const string MediaType = "application/vnd.pypi.integrity.v1+json";

    private const int MaxItems = 16;

    /// <summary>The bundles in the index's order, usually one for each publisher; one without attestations is left out, and without any the
    /// index says that the file is not attested.</summary>
    public required IReadOnlyList<AttestationBundle> Bundles { get; init; }

    /// <summary>Reads a provenance object.</summary>
    /// <param name="utf8Json">The document, at most <see cref="MaxBytes"/>.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidAttestation"/>, <see cref="PackagingFailure.UnsupportedAttestationVersion"/> or
    /// <see cref="PackagingFailure.AttestationTooLarge"/>.
    /// </exception>
    public static Provenance Parse(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = AttestationJson.Parse(utf8Json, MaxBytes);
        var root = AttestationJson.Object(document.RootElement, "the provenance");
        AttestationJson.Version(root, "a provenance object");
        var bundles = AttestationJson.Items(
            AttestationJson.Member(root, "attestation_bundles", JsonValueKind.Array),
            "attestation_bundles",
            MaxItems
        );
        return new Provenance
        {
            Bundles = [.. bundles.Select(Read).Where(static bundle => bundle.Attestations.Count > 0 || bundle.Problem is not null)],
        };
    }

    /// <summary>
    /// The attestations of one publisher: of every bundle that the index gives under its name, each once. Bundles of other publishers,
    /// known or not, readable or not, neither help nor harm: an index may add attestations of auditors or of its own at any time.
    /// </summary>
    /// <param name="isExpected">Whether a publisher is the expected one.</param>
    /// <exception cref="PackagingException">A bundle of that publisher cannot be read.</exception>
    public IReadOnlyList<Attestation> Of(Func<Publisher, bool> isExpected)
    {
        ArgumentNullException.ThrowIfNull(isExpected);
        return [.. Bundles.Where(bundle => isExpected(bundle.Publisher)).SelectMany(static bundle => bundle.Read()).Distinct()];
    }

    /// <summary>The provenance as JSON, without spaces and without a final line end.</summary>
    public string ToJson() =>
        Encoding.UTF8.GetString(
            AttestationJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("version", 1);
                json.WriteStartArray("attestation_bundles");
                foreach (var bundle in Bundles)
                {
                    json.WriteStartObject();
                    json.WritePropertyName("publisher");
                    bundle.Publisher.WriteTo(json);
                    json.WriteStartArray("attestations");
                    foreach (var attestation in bundle.Attestations)
                        attestation.WriteTo(json);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            })
        );

    private static AttestationBundle Read(JsonElement element)
    {
        var root = AttestationJson.Object(element, "attestation_bundles[]");
        var publisher = Publisher.Read(AttestationJson.Member(root, "publisher", JsonValueKind.Object));
        try
        {
            var attestations = AttestationJson.Items(
                AttestationJson.Member(root, "attestations", JsonValueKind.Array),
                "attestations",
                MaxItems
            );
            return new AttestationBundle(publisher, [.. attestations.Select(Attestation.Read)]);
        }
        catch (PackagingException e)
        {
            return new AttestationBundle(publisher, []) { Problem = e };
        }
    }
}

/// <summary>The attestations that one publisher made about a distribution.</summary>
/// <param name="Publisher">Who it was, as the index says.</param>
/// <param name="Attestations">What it said; at least one in a provenance that was read, except where <paramref name="Publisher"/>'s bundle
/// cannot be read.</param>
public sealed record AttestationBundle(Publisher Publisher, IReadOnlyList<Attestation> Attestations)
{
    /// <summary>Why the bundle cannot be read; null for one that can. It concerns only whoever expects its publisher.</summary>
    public PackagingException? Problem { get; init; }

    internal IReadOnlyList<Attestation> Read() => Problem is null ? Attestations : throw Problem;
}
