namespace PySign.Packaging.Metadata;

/// <summary>One field of core metadata as it stands in the file.</summary>
/// <param name="Name">The field's name as written; names are compared without case.</param>
/// <param name="Value">The value; folded lines are joined by a line feed, their indentation kept.</param>
public sealed record MetadataField(string Name, string Value);
