using System.Runtime.InteropServices;

namespace Cake.PySign.Common;

/// <summary>
/// Pipes, sockets and devices: what has a name as a file has and no bytes of its own. Opening one waits for somebody else, perhaps without
/// an end; .NET does not say which files they are.
/// </summary>
internal static class SpecialFile
{
    // From stat(2) and statx(2): the bits of the mode that say what something is.
    private const int TypeMask = 0xF000;
    private const int CurrentFolder = -100;
    private const uint AskForType = 1;
    private const int LongestAnswer = 256;

    // Where the mode stands in the kernel's struct statx, and in the struct stat of macOS.
    private const int LinuxMode = 28;
    private const int AppleMode = 4;

    /// <summary>What a path leads to, behind links, in words; null for a file, for a folder, and where it cannot be known.</summary>
    public static string? KindOf(string path) =>
        (ModeOf(path) & TypeMask) switch
        {
            0x1000 => "a named pipe",
            0x2000 => "a character device",
            0x6000 => "a block device",
            0xC000 => "a socket",
            _ => null,
        };

    /// <exception cref="PySignException">The path is a pipe, a socket or a device.</exception>
    public static void Refuse(string path)
    {
        if (KindOf(path) is { } kind)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{path}' is {kind}, not a file.",
                "Find out what put it there, and remove it. Nothing was read from it."
            );
        }
    }

    private static int ModeOf(string path)
    {
        var answer = new byte[LongestAnswer];
        try
        {
            if (OperatingSystem.IsLinux())
            {
                return StatX(CurrentFolder, path, 0, AskForType, answer) == 0 ? BitConverter.ToUInt16(answer, LinuxMode) : 0;
            }

            if (OperatingSystem.IsMacOS())
            {
                var isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
                return (isArm ? Stat(path, answer) : StatOfIntel(path, answer)) == 0 ? BitConverter.ToUInt16(answer, AppleMode) : 0;
            }
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // An old C library: nothing is known.
        }

        return 0;
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);

    [DllImport("libc", EntryPoint = "stat", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] answer);

    [DllImport("libc", EntryPoint = "stat$INODE64", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatOfIntel([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] answer);
}
