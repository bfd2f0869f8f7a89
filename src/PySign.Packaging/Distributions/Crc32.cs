namespace PySign.Packaging.Distributions;

/// <summary>The checksum of zip archives (ISO 3309, polynomial 0xEDB88320 reflected). The runtime does not compare it when it reads an
/// entry.</summary>
internal static class Crc32
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var value in bytes)
        {
            remainder ^= value;
            for (var bit = 0; bit < 8; bit++)
                remainder = (remainder >> 1) ^ (0xEDB88320u & (0u - (remainder & 1)));
        }

        return ~remainder;
    }
}
