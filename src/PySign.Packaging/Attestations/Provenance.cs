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

    /// <summary>One bundle for each publisher; at least one.</summary>
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
        return bundles.Count > 0
            ? new Provenance { Bundles = [.. bundles.Select(Read)] }
            : throw AttestationJson.Invalid("attestation_bundles: none", "at least one bundle of attestations");
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
        var attestations = AttestationJson.Items(
            AttestationJson.Member(root, "attestations", JsonValueKind.Array),
            "attestations",
            MaxItems
        );
        return attestations.Count > 0
            ? new AttestationBundle(
                Publisher.Read(AttestationJson.Member(root, "publisher", JsonValueKind.Object)),
                [.. attestations.Select(Attestation.Read)]
            )
            : throw AttestationJson.Invalid("attestations: none", "at least one attestation in every bundle");
    }
}

/// <summary>The attestations that one publisher made about a distribution.</summary>
/// <param name="Publisher">Who it was, as the index says.</param>
/// <param name="Attestations">What it said; at least one.</param>
public sealed record AttestationBundle(Publisher Publisher, IReadOnlyList<Attestation> Attestations);
