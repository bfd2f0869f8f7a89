namespace PySign.Sigstore.Tuf;

/// <summary>Whose signatures a role needs, and how many of them.</summary>
internal sealed record RoleKeys(IReadOnlyList<string> KeyIds, int Threshold)
{
    public static RoleKeys Read(MetadataJson json)
    {
        var ids = json.Member("keyids").Items().Select(static id => id.Text()).ToList();
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count)
        {
            throw TufRefusal.Malformed(json.Subject, $"each key once in {json.Path}.keyids", "a key id twice");
        }

        return new RoleKeys(ids, (int)Math.Min(int.MaxValue, json.Member("threshold").Integer(1)));
    }

    /// <summary>Whether two roles ask the same of their signers; key ids alone would not tell, they are only names.</summary>
    public bool Equivalent(IReadOnlyDictionary<string, TufKey> keys, RoleKeys other, IReadOnlyDictionary<string, TufKey> otherKeys) =>
        Threshold == other.Threshold && Materials(keys).SetEquals(other.Materials(otherKeys));

    /// <summary>Counts the distinct keys of this role that signed the document; below the threshold it is not believed (specification 4.2,
    /// 5.3.4).</summary>
    public void Check(MetadataDocument document, IReadOnlyDictionary<string, TufKey> keys, string whose)
    {
        var signatures = document.Signatures.ToDictionary(static s => s.KeyId, static s => s.Value, StringComparer.Ordinal);
        var signers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in KeyIds)
        {
            if (
                signatures.TryGetValue(id, out var signature)
                && keys.TryGetValue(id, out var key)
                && key.Material is { } material
                && !signers.Contains(material)
                && key.Verify(document.Signed, signature)
            )
            {
                signers.Add(material);
            }
        }

        if (signers.Count < Threshold)
        {
            throw TufRefusal.Attack(
                TufFailure.ThresholdNotMet,
                document.Subject,
                $"valid signatures of {Threshold} distinct keys that {whose} names",
                $"{signers.Count}"
            );
        }
    }

    private HashSet<string> Materials(IReadOnlyDictionary<string, TufKey> keys) =>
        KeyIds.Select(id => keys.TryGetValue(id, out var key) ? key.Material ?? id : id).ToHashSet(StringComparer.Ordinal);
}
