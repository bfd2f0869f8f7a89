namespace Cake.PySign.Publishing;

/// <summary>A plan for an index, with what twine needs to carry it out.</summary>
internal sealed record TwinePlan(UploadPlan Uploads, IReadOnlyList<LocalDistribution> Local, TwineTarget Target)
{
    public List<LocalDistribution> Missing()
    {
        var missing = Uploads.Missing.Select(upload => upload.File.FullPath).ToHashSet(StringComparer.Ordinal);
        return [.. Local.Where(file => missing.Contains(file.Path.FullPath))];
    }
}
