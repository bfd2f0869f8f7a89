using PySign.Packaging.Toml;

namespace PySign.Packaging.LockFiles;

/// <summary>Reads the TOML of a lock file and hands it to the reader of its form.</summary>
internal static class TomlLockReader
{
    public static LockFile Read(string fileName, LockFileKind? kind, ReadOnlySpan<byte> content, LockSelection selection)
    {
        TomlDocument document;
        try
        {
            document = TomlDocument.Parse(content);
        }
        catch (TomlException e)
        {
            throw LockText.Invalid(e.Message, "TOML", e.Line, e);
        }

        var toml = new LockToml(document);
        return (kind ?? KindOf(document.Root)) switch
        {
            LockFileKind.PyLock => new PyLockReader(toml, selection).Read(),
            LockFileKind.Uv => new UvLockReader(toml, selection).Read(),
            LockFileKind.Poetry => new PoetryLockReader(toml, selection).Read(),
            LockFileKind.Pdm => new PdmLockReader(toml, selection).Read(),
            _ => throw Unsupported(fileName, "pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock or a requirements file"),
        };
    }

    public static PackagingException Unsupported(string input, string expected) =>
        new(PackagingFailure.UnsupportedLockFile, input, expected, "Update Cake.PySign if a newer version exists.");

    private static LockFileKind? KindOf(TomlTable root)
    {
        if (root.TryGetValue("lock-version", out _))
            return LockFileKind.PyLock;
        if (root.TryGetValue("version", out var version) && version is TomlInteger)
            return LockFileKind.Uv;
        if (!root.TryGetValue("metadata", out var metadata) || metadata is not TomlTable table)
            return null;
        if (table.TryGetValue("lock-version", out _))
            return LockFileKind.Poetry;
        return table.TryGetValue("lock_version", out _) ? LockFileKind.Pdm : null;
    }
}
