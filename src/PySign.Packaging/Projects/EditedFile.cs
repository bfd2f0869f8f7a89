namespace PySign.Packaging.Projects;

/// <summary>A file of a project's tree as an edit leaves it.</summary>
/// <param name="Path">The path below the project folder, with forward slashes.</param>
/// <param name="Content">All bytes of the edited file.</param>
public sealed record EditedFile(string Path, ReadOnlyMemory<byte> Content);
