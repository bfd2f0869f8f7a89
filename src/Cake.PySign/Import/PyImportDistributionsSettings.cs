using Cake.Core.IO;
using Cake.PySign.Build;

namespace Cake.PySign.Import;

/// <summary>What <c>PyImportDistributions</c> takes, and what the release must consist of.</summary>
public sealed class PyImportDistributionsSettings
{
    /// <summary>The folders that other jobs' artifacts were put into.</summary>
    /// <value>At least one; each is searched with all folders in it. Links are not followed.</value>
    public IList<DirectoryPath> From { get; } = Setting.List<DirectoryPath>();

    /// <summary>Where the distributions go.</summary>
    /// <value>Default <c>dist</c>. Nothing in it is overwritten or deleted; the same bytes under the same name are left as they
    /// are.</value>
    public DirectoryPath OutputDirectory
    {
        get;
        set => field = Setting.NotNull(value);
    } = "dist";

    /// <summary>The wheels that the release must have, and no others.</summary>
    /// <value>Tags (<c>cp312-cp312-manylinux*</c>) or cibuildwheel's identifiers (<c>cp312-manylinux_x86_64</c>), with <c>*</c>, <c>?</c>,
    /// <c>[…]</c> and <c>{a,b}</c>; default none: then a wheel that is missing is not noticed.</value>
    public IList<string> ExpectWheels { get; } = Setting.List<string>();

    /// <summary>Whether there must be an sdist.</summary>
    /// <value>Default <see langword="true"/>; with <see langword="false"/> there may be none.</value>
    public bool ExpectSdist { get; set; } = true;

    /// <summary>Whether wheels with a <c>linux_*</c> tag are taken.</summary>
    /// <value>Default <see langword="false"/>, as on PyPI.</value>
    public bool AllowLinuxTags { get; set; }

    /// <summary>What the build jobs said of their files through the CI service's own channel: digests that an artifact store cannot
    /// change.</summary>
    /// <value>Texts as <c>sha256sum</c> writes them, on any number of lines, with <c>job=</c>, <c>runner=</c>, <c>commit=</c> and
    /// <c>run=</c> before the digests that they are about; the same in base64; or a JSON object whose values are such texts. With any,
    /// every file must be named by one, and every file that one names must be there.</value>
    public IList<string> Digests { get; } = Setting.List<string>();

    /// <summary>The commit that every build job must have built, where it names one.</summary>
    /// <value>Default <see langword="null"/>: they must agree with each other.</value>
    public string? Commit { get; set; }

    /// <summary>Checks of single files that are not made.</summary>
    /// <value>Names; default none. <see cref="PyBuildCheck.RequiresPython"/> has no meaning here.</value>
    public IList<PyBuildCheck> WaivedChecks { get; } = [];

    /// <summary>Files in a distribution that may be public although they look like a secret or a cache.</summary>
    /// <value>Paths as they stand in the distribution, with <c>*</c> for anything.</value>
    public IList<string> AllowedFiles { get; } = Setting.List<string>();

    /// <summary>Whether a warning of <c>twine check --strict</c> stops the import as an error does.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool StrictMetadata { get; set; }

    /// <summary>The interpreter that has <c>twine</c>, for its check of the metadata.</summary>
    /// <value>A file; default: <c>PYSIGN_PYTHON</c>, <c>VIRTUAL_ENV</c>, PATH, the system's, in this order.</value>
    public FilePath? Python { get; set; }

    /// <summary>Folders that are not artifacts although they lie among them: what a release itself writes.</summary>
    internal IList<DirectoryPath> OwnFolders { get; } = Setting.List<DirectoryPath>();
}
