using PySign.Packaging.Metadata;

namespace PySign.Packaging.Acceptance;

/// <summary>
/// The fields as twine sends them: a value UNKNOWN, which old back ends write for none, is dropped on the index's side. Unlike
/// <see cref="CoreMetadata"/> this refuses nothing, so that everything that is wrong can be said at once.
/// </summary>
internal sealed class MetadataFields(IReadOnlyList<MetadataField> fields)
{
    public string Version => One("Metadata-Version") ?? "";

    public string? One(string name) => All(name) is [var first, ..] ? first : null;

    public IReadOnlyList<string> All(string name) =>
        [
            .. fields
                .Where(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase))
                .Select(field => field.Value.Trim())
                .Where(value => value.Length > 0 && value != "UNKNOWN"),
        ];

    public bool Has(string name) => All(name).Count > 0;

    /// <summary>Whether the metadata is at least of a version; false where it says none that can be read.</summary>
    public bool IsAtLeast(int major, int minor) =>
        System.Version.TryParse(Version, out var version) && version >= new System.Version(major, minor);
}
