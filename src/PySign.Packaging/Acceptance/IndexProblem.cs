namespace PySign.Packaging.Acceptance;

/// <summary>A rule of a package index, one value per thing that it refuses.</summary>
public enum IndexRule
{
    /// <summary>The file's name holds a separator or a control character.</summary>
    FileNameCharacters,

    /// <summary>The file ends neither with <c>.whl</c> nor with <c>.tar.gz</c>.</summary>
    FileExtension,

    /// <summary>A file name that is too long for the index.</summary>
    FileNameLength,

    /// <summary>A source distribution is not named <c>{name}-{version}.tar.gz</c> in normal form (PEP 625).</summary>
    SdistFileName,

    /// <summary>A wheel's name does not have its five or six parts in the required form (binary distribution format).</summary>
    WheelFileName,

    /// <summary>A wheel's name does not begin with the normalized project name.</summary>
    WheelFileNameProject,

    /// <summary>The version in the file's name is not that of its metadata.</summary>
    FileNameVersion,

    /// <summary>A wheel is for a platform that the index does not take, such as <c>linux_x86_64</c>.</summary>
    PlatformTag,

    /// <summary>The index would store the file under another name.</summary>
    RenamedFile,

    /// <summary>The version has an epoch, and the index cannot serve the file that belongs to it.</summary>
    Epoch,

    /// <summary>The file is larger than the index takes.</summary>
    FileSize,

    /// <summary>All files together are larger than the index takes.</summary>
    ReleaseSize,

    /// <summary>More than one source distribution.</summary>
    SecondSdist,

    /// <summary>The files are not of one project and one version.</summary>
    MixedRelease,

    /// <summary>The archive, or the metadata in it, cannot be read.</summary>
    UnreadableArchive,

    /// <summary>A zip file whose records do not agree with its directory, or of a form that the index refuses.</summary>
    ZipStructure,

    /// <summary>A large archive that unpacks to more than fifty times its size.</summary>
    CompressionRatio,

    /// <summary>A source distribution with a sparse member.</summary>
    SparseMember,

    /// <summary>A wheel without WHEEL in the folder that its file name asks for.</summary>
    WheelFileMissing,

    /// <summary>A wheel without RECORD in the folder that its file name asks for.</summary>
    RecordMissing,

    /// <summary>A wheel whose <c>entry_points.txt</c> cannot be read.</summary>
    EntryPoints,

    /// <summary>A metadata version that the index does not know.</summary>
    MetadataVersion,

    /// <summary>A field that the metadata's version does not have yet.</summary>
    FieldTooNew,

    /// <summary>A field that stands twice and may stand once.</summary>
    FieldTwice,

    /// <summary>The name is missing or not a project name.</summary>
    Name,

    /// <summary>The version is missing or not one of PEP 440.</summary>
    Version,

    /// <summary>A version with a local label.</summary>
    LocalVersion,

    /// <summary>A summary of several lines or of more than 512 characters.</summary>
    Summary,

    /// <summary><c>Requires-Python</c> is not a version specifier.</summary>
    RequiresPython,

    /// <summary>A dependency, or a field like one, that is not a requirement (PEP 508).</summary>
    Requirement,

    /// <summary>A dependency on a URL.</summary>
    DirectUrl,

    /// <summary>The first address of an author or maintainer is not an e-mail address.</summary>
    EmailAddress,

    /// <summary>A classifier that the index does not know.</summary>
    Classifier,

    /// <summary>A classifier that the index has withdrawn.</summary>
    DeprecatedClassifier,

    /// <summary>A home page, download address or project URL that is not http or https, or without a usable label.</summary>
    ProjectUrl,

    /// <summary>The long description's type is not one that the index renders.</summary>
    DescriptionContentType,

    /// <summary><c>Dynamic</c> names something that is not a field, or may not be dynamic.</summary>
    DynamicField,

    /// <summary><c>License-Expression</c> is not an SPDX expression.</summary>
    LicenseExpression,

    /// <summary><c>License</c> and <c>License-Expression</c> together.</summary>
    LicenseTwice,

    /// <summary><c>License-File</c> is not a plain relative path.</summary>
    LicenseFilePath,

    /// <summary>A license file that the metadata names is not in the distribution.</summary>
    LicenseFileMissing,
}

/// <summary>Something that an index would refuse, found before it was asked.</summary>
/// <param name="Rule">Which rule.</param>
/// <param name="File">The file's name, without its folder; empty where it is about all files.</param>
/// <param name="Field">The metadata field, or empty.</param>
/// <param name="Message">What is wrong, one line that is safe to print.</param>
/// <param name="Advice">What to do, one sentence.</param>
public sealed record IndexProblem(IndexRule Rule, string File, string Field, string Message, string Advice);
