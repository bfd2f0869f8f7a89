namespace PySign.TestKit;

/// <summary>Finds the shared test corpora beside any folder above the tests; a test without them is skipped, loudly.</summary>
public static class Corpora
{
    public static string? Root { get; } = Find();

    /// <summary>The folder or file below <c>shared/corpora</c>.</summary>
    public static string Require(string relative)
    {
        var path = Root is null ? null : Path.Combine(Root, relative);
        if (!Path.Exists(path))
        {
            Assert.Skip(
                $"CORPUS ABSENT: shared/corpora/{relative} was not found above {AppContext.BaseDirectory}; this check did NOT run."
            );
        }

        return path;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string[] candidates =
            [
                Path.Combine(folder.FullName, "shared", "corpora"),
                Path.Combine(folder.FullName, "..", "shared", "corpora"),
            ];
            if (Array.Find(candidates, Directory.Exists) is { } found)
            {
                return Path.GetFullPath(found);
            }
        }

        return null;
    }
}
