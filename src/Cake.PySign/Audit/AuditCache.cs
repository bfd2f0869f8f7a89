using System.Text;
using System.Text.Json;
using Cake.PySign.Common;
using PySign.Formats;

namespace Cake.PySign.Audit;

/// <summary>An answer of an index that was kept.</summary>
/// <param name="Url">The address.</param>
/// <param name="ETag">What to ask with whether it changed; empty for nothing.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Sha256">The digest of its bytes.</param>
/// <param name="FreshUntil">Until when the index said that it need not be asked again (UTC).</param>
internal sealed record KeptAnswer(string Url, string ETag, string ContentType, Sha256Digest Sha256, DateTimeOffset FreshUntil);

/// <summary>
/// Answers of indexes, by the digest of their bytes. It saves requests and nothing else: provenance from here is verified as if it had just
/// arrived, and bytes that do not have their name's digest are not there.
/// </summary>
internal sealed class AuditCache(string folder)
{
    private const string StatesName = "states.json";

    public KeptAnswer? Find(Uri url)
    {
        try
        {
            var kept = JsonSerializer.Deserialize<KeptAnswer>(File.ReadAllBytes(AnswerPath(url)));
            return kept is not null && kept.Url == url.AbsoluteUri ? kept : null;
        }
        catch (Exception e) when (IsAbsence(e))
        {
            return null;
        }
    }

    public byte[]? Bytes(KeptAnswer answer)
    {
        try
        {
            var bytes = File.ReadAllBytes(BlobPath(answer.Sha256));
            return Sha256Digest.Of(bytes) == answer.Sha256 ? bytes : null;
        }
        catch (Exception e) when (IsAbsence(e))
        {
            return null;
        }
    }

    public void Keep(Uri url, string etag, string contentType, byte[] bytes, DateTimeOffset freshUntil)
    {
        var kept = new KeptAnswer(url.AbsoluteUri, etag, contentType, Sha256Digest.Of(bytes), freshUntil);
        if (!File.Exists(BlobPath(kept.Sha256)))
        {
            Write(BlobPath(kept.Sha256), bytes);
        }

        Write(AnswerPath(url), JsonSerializer.SerializeToUtf8Bytes(kept));
    }

    /// <summary>What was last known of packages.</summary>
    public Dictionary<string, AuditedBefore> States()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, AuditedBefore>>(File.ReadAllBytes(Path.Combine(folder, StatesName))) ?? [];
        }
        catch (Exception e) when (IsAbsence(e))
        {
            return [];
        }
    }

    public void KeepStates(Dictionary<string, AuditedBefore> states) =>
        Write(Path.Combine(folder, StatesName), JsonSerializer.SerializeToUtf8Bytes(states));

    // What cannot be read is not there; it is asked for again.
    private static bool IsAbsence(Exception e) =>
        e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException or ArgumentException;

    private string AnswerPath(Uri url) =>
        Path.Combine(folder, "answers", Sha256Digest.Of(Encoding.UTF8.GetBytes(url.AbsoluteUri)) + ".json");

    private string BlobPath(Sha256Digest sha256) => Path.Combine(folder, "sha256", sha256.Hex[..2], sha256.Hex);

    // Two runs may write the same; whoever renames last wins, and both are right.
    private static void Write(string path, byte[] bytes)
    {
        try
        {
            AtomicFile.Write(path, bytes);
        }
        catch (PySignException e) when (e.Reason == PySignFailure.OutputUnwritable)
        {
            // A cache that cannot be written costs time, not truth.
        }
    }
}
