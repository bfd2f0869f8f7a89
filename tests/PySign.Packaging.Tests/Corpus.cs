namespace PySign.Packaging.Tests;

/// <summary>Finds the shared corpora beside the repository, or beside a folder above it.</summary>
internal static class Corpus
{
    public static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "shared", "corpora", name);
            if (Directory.Exists(found))
                return found;
        }

        Assert.Skip($"NOT RUN: the corpus shared/corpora/{name} is not on this machine.");
        return string.Empty;
    }
}
