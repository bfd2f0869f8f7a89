using System.Globalization;

namespace PySign.Sigstore.Tuf;

/// <summary>What one role says of another's metadata file: its version, and maybe its length and hashes.</summary>
internal sealed record MetaFile(long Version, long? Length, ContentDigest? Digest)
{
    public static MetaFile Read(MetadataJson json) =>
        new(
            json.Member("version").Integer(1),
            json.Optional("length")?.Integer(0),
            json.Optional("hashes") is { } hashes ? ContentDigest.Read(hashes) : null
        );

    /// <summary>Checks length and hashes, where they are listed (specification 5.5.2, 5.6.2).</summary>
    public void CheckContent(ReadOnlySpan<byte> file, string subject)
    {
        if (Length is { } length && length != file.Length)
        {
            throw TufRefusal.Attack(
                TufFailure.LengthMismatch,
                subject,
                string.Create(CultureInfo.InvariantCulture, $"{length} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"{file.Length}")
            );
        }

        Digest?.Check(file, subject);
    }
}
