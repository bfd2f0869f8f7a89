namespace PySign.Packaging.Distributions;

/// <summary>What an archive says of one member, in a form that can be compared and shown.</summary>
/// <param name="Name">The path inside the archive, without a leading <c>./</c>.</param>
/// <param name="Kind">File, folder or link.</param>
/// <param name="Mode">Permission bits (and, in a zip, the file type beside them).</param>
/// <param name="Time">The modification time as the archive carries it.</param>
/// <param name="Owner">User and group; empty in a zip.</param>
/// <param name="Link">A link's target, else empty.</param>
/// <param name="Length">Bytes of content.</param>
internal sealed record ArchiveMember(string Name, string Kind, int Mode, string Time, string Owner, string Link, long Length)
{
    public const string File = "file";

    public const string Folder = "folder";
}
