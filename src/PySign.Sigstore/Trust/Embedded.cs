namespace PySign.Sigstore.Trust;

/// <summary>Files compiled into the assembly; Embedded/ORIGIN.md says where they come from.</summary>
internal static class Embedded
{
    public static byte[] Read(string name)
    {
        using var stream =
            typeof(Embedded).Assembly.GetManifestResourceStream("PySign.Sigstore.Trust.Embedded." + name)
            ?? throw new InvalidOperationException($"The assembly was built without its embedded {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
