using Cake.Core.IO;

namespace Cake.PySign.Common;

/// <summary>
/// A file that a call writes where somebody tells it to. One that an earlier call wrote is replaced, which its beginning says; somebody's
/// own file of that name, a link or a device never is.
/// </summary>
internal static class OwnFile
{
    /// <summary>What the beginning of a requirements file of ours says.</summary>
    public const string RequirementsHeader = "# Written by Cake.PySign: the files that were verified.\n";

    private const int Beginning = 4096;

    /// <summary>Called before anything is done that takes time or cannot be taken back.</summary>
    /// <param name="path">Where the file goes.</param>
    /// <param name="setting">Who says so, for the message.</param>
    /// <param name="marks">Texts of which one stands early in every file of ours. An empty file is nobody's.</param>
    /// <exception cref="PySignException">Something else is there.</exception>
    public static void Require(FilePath path, string setting, params string[] marks)
    {
        if (Problem(path.FullPath, marks) is { } problem)
        {
            throw new PySignException(
                PySignFailure.OutputFolderNotEmpty,
                $"'{path}' is {problem}. It was not replaced.",
                $"Name another file with {setting}, or move this one away."
            );
        }
    }

    private static string? Problem(string path, string[] marks)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is { } aim)
        {
            return $"a link to '{aim}'";
        }

        if (Directory.Exists(path))
        {
            return "a folder";
        }

        if (!file.Exists)
        {
            return null;
        }

        if (SpecialFile.KindOf(path) is { } kind)
        {
            return kind;
        }

        return file.Length == 0 || Begins(path, marks) ? null : "there and was not written by Cake.PySign";
    }

    private static bool Begins(string path, string[] marks)
    {
        using var reader = new StreamReader(path);
        var start = new char[Beginning];
        var text = new string(start, 0, reader.ReadBlock(start));
        return marks.Any(mark => text.Contains(mark, StringComparison.Ordinal));
    }
}
