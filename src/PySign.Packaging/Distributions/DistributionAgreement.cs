using PySign.Packaging.Metadata;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Distributions;

/// <summary>
/// File name, folder name and metadata must name one project and one version. Otherwise an index, an installer and a person could
/// each believe in another one.
/// </summary>
internal static class DistributionAgreement
{
    public static void Check(DistributionFileName fileName, string folder, CoreMetadata metadata)
    {
        if (!fileName.Name.Equals(metadata.Name))
            throw Inconsistent(fileName, $"metadata of the project '{fileName.Name}', not of '{metadata.Name}'");
        if (fileName.Version != metadata.Version)
            throw Inconsistent(fileName, $"metadata of version {fileName.Version}, not of {metadata.Version}");

        // Both end in "-{version}"; the name in front may be written differently, as long as it normalizes to the same.
        var hyphen = folder.LastIndexOf('-');
        if (
            hyphen <= 0
            || !ProjectName.TryParse(folder[..hyphen], out var name)
            || !name.Equals(metadata.Name)
            || !PythonVersion.TryParse(folder[(hyphen + 1)..], out var version)
            || version != metadata.Version
        )
            throw Inconsistent(fileName, $"a folder for {metadata.Name} {metadata.Version} inside, not '{folder}'");
    }

    private static PackagingException Inconsistent(DistributionFileName fileName, string expected) =>
        new(
            PackagingFailure.InconsistentDistribution,
            fileName.Value,
            expected,
            "The file was renamed or changed after the build; build it again."
        );
}
