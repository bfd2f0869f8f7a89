using System.Text.Json;

namespace PySign.Interop.Tests.Peers;

/// <summary>One question for every verifier: is this bundle, under this trusted root, the signature of this identity (or key) over this
/// file?</summary>
internal sealed record VerificationCase(string Name, string Bundle, string TrustedRoot, string Artifact, string Identity, string Issuer)
{
    /// <summary>A PEM public key that takes the place of identity and issuer.</summary>
    public string? Key { get; init; }

    /// <summary>The SHA-256 of a file that is not at hand, in lower-case hex; <see cref="Artifact"/> is empty then.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The predicate type, when the bundle carries an envelope with a readable in-toto statement; empty when it carries another
    /// envelope.</summary>
    public string? PredicateType { get; } = ReadPredicateType(Bundle);

    // Some cases are no JSON at all: those are asked as messages.
    private static string? ReadPredicateType(string path)
    {
        try
        {
            using var bundle = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!bundle.RootElement.TryGetProperty("dsseEnvelope", out var envelope))
            {
                return null;
            }

            using var statement = JsonDocument.Parse(envelope.GetProperty("payload").GetBytesFromBase64());
            return statement.RootElement.TryGetProperty("predicateType", out var type) ? type.GetString() : "";
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a verifier answered.</summary>
/// <param name="Accepted">Whether it took the bundle for the signature of that identity over that file.</param>
/// <param name="Said">Why it refused, in its own words, on one line.</param>
internal sealed record Verdict(bool Accepted, string Said)
{
    public static readonly Verdict Yes = new(true, "");

    public static Verdict No(string said) => new(false, said.ReplaceLineEndings(" ").Replace('|', '/').Trim());
}
