using static PySign.Sigstore.Errors.VerificationFailure;
using static PySign.Sigstore.Tests.Forging.Attacks;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Trusted roots that cannot be believed, or do not say enough.</summary>
internal static class TrustedRootAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("trusted root of another type", f => f.EditTrustedRoot = r => r["mediaType"] = "application/json", MediaTypeUnknown),
        new("log without a start", f => f.EditTrustedRoot = r => Window(r, "tlogs").AsObject().Remove("start"), FieldMissing),
        new(
            "authority without a start, signature from before its certificates",
            f =>
            {
                f.CaNotBefore = Forge.Now.AddSeconds(30);
                f.EditTrustedRoot = r => Window(r, "certificateAuthorities").AsObject().Remove("start");
            },
            OutsideAuthorityWindow
        ),
        new(
            "authority without a start whose end is over",
            f =>
                f.EditTrustedRoot = r =>
                {
                    Window(r, "certificateAuthorities").AsObject().Remove("start");
                    Window(r, "certificateAuthorities")["end"] = "2026-02-28T00:00:00Z";
                },
            OutsideAuthorityWindow
        ),
        new(
            "window that ends before it starts",
            f => f.EditTrustedRoot = r => Window(r, "tlogs")["end"] = "2025-01-01T00:00:00Z",
            TrustedRootInvalid
        ),
        new("window without a zone", f => f.EditTrustedRoot = r => Window(r, "tlogs")["start"] = "2025-01-01T00:00:00", TrustedRootInvalid),
        new("log with another hash", f => f.EditTrustedRoot = r => r["tlogs"]![0]!["hashAlgorithm"] = "SHA2_512", TrustedRootInvalid),
        new(
            "log whose key kind lies",
            f => f.EditTrustedRoot = r => r["tlogs"]![0]!["publicKey"]!["keyDetails"] = "PKIX_ED25519",
            TrustedRootInvalid
        ),
        new("log with a key of no kind", f => f.EditTrustedRoot = r => r["tlogs"]![0]!["publicKey"]!["rawBytes"] = "AAAA", LogKeyUnusable),
        new(
            "Rekor v2 without an address in the root",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => r["tlogs"]![0]!.AsObject().Remove("baseUrl");
            },
            CheckpointOriginMismatch
        ),
        new(
            "Rekor v2 that calls itself a pod's name",
            f =>
            {
                f.RekorV2 = true;
                (f.Origin, f.SignatureName) = ("rekor-0", "rekor-0");
            },
            CheckpointOriginMismatch
        ),
        new(
            "two keys under one log id",
            f =>
                f.EditTrustedRoot = r =>
                {
                    var other = r["tlogs"]![0]!.DeepClone();
                    other["publicKey"]!["rawBytes"] = r["ctlogs"]![0]!["publicKey"]!["rawBytes"]!.DeepClone();
                    r["tlogs"]!.AsArray().Add(other);
                },
            TrustedRootInvalid
        ),
        new(
            "log id of four bytes",
            f => f.EditTrustedRoot = r => r["tlogs"]![0]!["logId"]!["keyId"] = Base64(f.LogId[..4]),
            TrustedRootInvalid
        ),
        new("promise of a log that cannot be used", f => f.EditTrustedRoot = r => r["ctlogs"]![0]!["futureField"] = true, FieldUnknown),
        new(
            "timestamp of an authority that cannot be used",
            f =>
            {
                f.RekorV2 = true;
                f.EditTrustedRoot = r => r["timestampAuthorities"]![0]!["futureField"] = true;
            },
            FieldUnknown
        ),
        new(
            "root of which nothing can be used",
            f =>
                f.EditTrustedRoot = r =>
                {
                    foreach (var list in (string[])["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"])
                    {
                        r[list]![0]!["futureField"] = true;
                    }
                },
            FieldUnknown
        ),
        new(
            "unknown field in the trusted root",
            f => f.EditTrustedRoot = r => r["tlogs"]![0]!["revokedAt"] = "2026-01-01T00:00:00Z",
            FieldUnknown
        ),
        new(
            "chain in the wrong order",
            f =>
                f.EditTrustedRoot = r =>
                {
                    var chain = r["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray();
                    var first = chain[0]!;
                    chain.RemoveAt(0);
                    chain.Add(first);
                },
            TrustedRootChainInvalid
        ),
        new(
            "empty chain in the trusted root",
            f => f.EditTrustedRoot = r => r["certificateAuthorities"]![0]!["certChain"]!["certificates"]!.AsArray().Clear(),
            FieldMissing
        ),
    ];
}
