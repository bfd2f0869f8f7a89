using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Good bundles with one fact wrong, everything else re-signed to fit; and the one check that must stop each.</summary>
internal static class Attacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        .. BundleAttacks.All,
        .. TimeAttacks.All,
        .. CertificateAttacks.All,
        .. LogAttacks.All,
        .. StatementAttacks.All,
        .. TrustedRootAttacks.All,
    ];

    public const string PodName = "rekor-server-7d4b9c-x2x4p";

    /// <summary>A Rekor v1 as private instances have it: it calls itself what its pod is called.</summary>
    public static void Pod(Forge forge) => (forge.Origin, forge.SignatureName) = ($"{PodName} - 4711", PodName);

    public static ForgedTimestamp Tsa(Forge forge) => forge.Timestamp!;

    public static JsonArray Entries(JsonNode bundle) => bundle["verificationMaterial"]!["tlogEntries"]!.AsArray();

    public static JsonNode Entry(JsonNode bundle) => Entries(bundle)[0]!;

    public static JsonNode Proof(JsonNode bundle) => Entry(bundle)["inclusionProof"]!;

    public static JsonArray Timestamps(JsonNode bundle) =>
        bundle["verificationMaterial"]!["timestampVerificationData"]!["rfc3161Timestamps"]!.AsArray();

    public static JsonNode Window(JsonNode root, string kind) => (root[kind]![0]!["publicKey"] ?? root[kind]![0]!)["validFor"]!;

    public static void AsChain(JsonNode bundle)
    {
        var material = bundle["verificationMaterial"]!.AsObject();
        var certificate = material["certificate"]!.DeepClone();
        material.Remove("certificate");
        material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(certificate) };
    }

    public static void Repeat(JsonArray array, int count)
    {
        while (array.Count < count)
        {
            array.Add(array[0]!.DeepClone());
        }
    }

    public static void Dsse(Forge forge, string statement)
    {
        forge.RekorV2 = true;
        forge.Statement = new DsseText(statement);
    }

    public static string Statement(string sha256) =>
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"a\",\"digest\":{\"sha256\":\""
        + sha256
        + "\"}}],\"predicateType\":\"https://example.org/p\",\"predicate\":{}}";

    public static string Hex(Forge forge) => Convert.ToHexStringLower(SHA256.HashData(forge.Artifact));

    public static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static string Text(JsonNode? node) => node!.GetValue<string>();

    public static byte[] Bytes(JsonNode? node) => Convert.FromBase64String(Text(node));

    public static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    public static byte[] Flip(byte[] bytes, Index at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    /// <summary>32 bytes end in one padded group whose last character has two bits that decoding drops.</summary>
    public static string HiddenBits(string base64)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return base64[..^2] + Alphabet[Alphabet.IndexOf(base64[^2], StringComparison.Ordinal) | 1] + "=";
    }

    /// <summary>The first line's signature under the second line's key hint.</summary>
    public static string WithHint(string line, string hintFrom)
    {
        var signature = Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
        var hint = Convert.FromBase64String(hintFrom.TrimEnd('\n').Split(' ')[2]);
        return $"\u2014 {line.Split(' ')[1]} {Convert.ToBase64String([.. hint[..4], .. signature[4..]])}\n";
    }
}

/// <summary>One attack: what is changed, and the check that must see it.</summary>
internal sealed record Attack(string Name, Action<Forge> Change, VerificationFailure Reason);
