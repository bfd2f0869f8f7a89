namespace PySign.Sigstore.Tests;

/// <summary>Finds the shared test corpora beside any folder above the tests; a test without them is skipped, loudly.</summary>
internal static class Corpora
{
    public static string? Root { get; } = Find();

    public static string Require(string relative)
    {
        if (Root is null)
        {
            Assert.Skip(
                $"CORPUS ABSENT: shared/corpora/{relative} was not found above {AppContext.BaseDirectory}; this check did NOT run."
            );
        }

        return Path.Combine(Root, relative);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (
                var candidate in new[]
                {
                    Path.Combine(folder.FullName, "shared", "corpora"),
                    Path.Combine(folder.FullName, "..", "shared", "corpora"),
                }
            )
            {
                if (Directory.Exists(candidate))
                {
                    return Path.GetFullPath(candidate);
                }
            }
        }

        return null;
    }
}
