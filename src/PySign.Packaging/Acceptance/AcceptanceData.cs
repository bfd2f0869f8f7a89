namespace PySign.Packaging.Acceptance;

/// <summary>Lists that others maintain, as they were when this version was made.</summary>
internal static class AcceptanceData
{
    public static IReadOnlyList<string> Lines(string name)
    {
        using var stream = typeof(AcceptanceData).Assembly.GetManifestResourceStream(typeof(AcceptanceData), $"Data.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n');
    }
}
