using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>Where a path leads once every link on the way is followed: two names of one folder become the same.</summary>
internal static class RealPath
{
    // As many as Linux follows before it calls it a loop.
    private const int MaxLinks = 40;

    /// <summary>The path behind its links. What does not exist keeps its name below the last folder that does.</summary>
    public static string Of(string path)
    {
        var rest = new Stack<string>(Parts(IoPath.GetFullPath(path)).Reverse());
        var current = IoPath.GetPathRoot(IoPath.GetFullPath(path))!;
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                current = IoPath.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = IoPath.Combine(current, part);
            if (new FileInfo(next).LinkTarget is not { } link || ++links > MaxLinks)
            {
                current = next;
                continue;
            }

            if (IoPath.IsPathRooted(link))
            {
                current = IoPath.GetPathRoot(link)!;
            }

            foreach (var target in Parts(link).Reverse())
            {
                rest.Push(target);
            }
        }

        return current;
    }

    private static IEnumerable<string> Parts(string path) =>
        path[(IoPath.GetPathRoot(path)?.Length ?? 0)..]
            .Split(IoPath.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part != ".");
}
