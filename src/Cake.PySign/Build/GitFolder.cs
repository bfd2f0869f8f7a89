using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>Gives a copy of a work tree its <c>.git</c>: back ends read versions and file lists from it.</summary>
internal static class GitFolder
{
    public const string Name = ".git";

    /// <summary>Copies <c>.git</c> of one folder into another, if there is one.</summary>
    public static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        var source = IoPath.Combine(from, Name);
        var target = IoPath.Combine(to, Name);
        if (File.Exists(source))
        {
            CopyPointer(source, target);
        }
        else if (Directory.Exists(source))
        {
            CopyFolder(new DirectoryInfo(source), target, cancellationToken);
        }
    }

    // In a submodule or a second work tree, .git is a file that says where the repository is, often relative to where it lies.
    private static void CopyPointer(string source, string target)
    {
        const string Mark = "gitdir:";
        var text = File.ReadAllText(source);
        var folder = text.StartsWith(Mark, StringComparison.Ordinal) ? text[Mark.Length..].Trim() : null;
        File.WriteAllText(target, folder is null ? text : $"{Mark} {IoPath.GetFullPath(folder, IoPath.GetDirectoryName(source)!)}\n");
    }

    // Sockets and pipes (git's file system monitor leaves one) have no length and would block; hooks are programs and are not wanted.
    private static void CopyFolder(DirectoryInfo source, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in source.EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var destination = IoPath.Combine(target, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                var kept = IoPath.GetFullPath(link, source.FullName);
                if (entry is DirectoryInfo)
                {
                    Directory.CreateSymbolicLink(destination, kept);
                }
                else
                {
                    File.CreateSymbolicLink(destination, kept);
                }
            }
            else if (entry is DirectoryInfo folder)
            {
                if (folder.Name != "hooks" || source.Name != Name)
                {
                    CopyFolder(folder, destination, cancellationToken);
                }
            }
            else if (entry is FileInfo { Length: > 0 } file)
            {
                file.CopyTo(destination);
            }
            else
            {
                File.Create(destination).Dispose();
            }
        }
    }
}
