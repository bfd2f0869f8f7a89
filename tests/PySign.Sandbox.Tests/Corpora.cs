namespace PySign.Sandbox.Tests;

/// <summary>Finds the corpora beside the repository; a machine without them skips loudly.</summary>
internal static class Corpora
{
    public static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string[] candidates =
            [
                Path.Combine(folder.FullName, "shared", "corpora", name),
                Path.Combine(folder.FullName, "..", "shared", "corpora", name),
            ];
            if (Array.Find(candidates, Directory.Exists) is { } found)
            {
                return found;
            }
        }

        Assert.Skip($"corpus '{name}' not found: put shared/corpora beside the repository");
        return "";
    }
}
