namespace Cake.PySign.Import;

/// <summary>What other jobs built is not the release that was expected. Nothing was put into the output folder.</summary>
public sealed class PyImportException : PySignException
{
    private const int MaxShown = 100;

    internal PyImportException(IReadOnlyList<PyImportProblem> problems, int files)
        : base(
            PySignFailure.IncompleteRelease,
            $"{files} distributions were found, and {problems.Count} problems:{Environment.NewLine}"
                + string.Join(Environment.NewLine, problems.Take(MaxShown).Select(problem => "    " + problem))
                + (problems.Count > MaxShown ? $"{Environment.NewLine}    and {problems.Count - MaxShown} more" : ""),
            "Run the jobs again that built these files; or correct what is expected (--expect-wheels, [release] wheels in pysign.toml). "
                + "Nothing was signed."
        ) => Problems = problems;

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<PyImportProblem> Problems { get; }
}

/// <summary>One thing that is wrong with what other jobs built.</summary>
/// <param name="Reason">What is wrong, for scripts.</param>
/// <param name="FileName">The file's or folder's name; empty where something is missing.</param>
/// <param name="Explanation">What is wrong, for a person.</param>
public sealed record PyImportProblem(PyImportFailure Reason, string FileName, string Explanation)
{
    /// <summary>One line.</summary>
    public override string ToString() => FileName.Length == 0 ? Explanation : $"{FileName}: {Explanation}";
}

/// <summary>What can be wrong with what other jobs built.</summary>
public enum PyImportFailure
{
    /// <summary>A folder holds no distribution, or is not there.</summary>
    EmptyFolder,

    /// <summary>A file is not a distribution that can be read; or something could hide one: a link, an archive that nobody
    /// unpacked.</summary>
    Unreadable,

    /// <summary>A file is not the one that its build job named: its digest is another.</summary>
    Altered,

    /// <summary>No build job named the file, although the build jobs name theirs.</summary>
    NotHandedOn,

    /// <summary>A build job named a file that is not there.</summary>
    Lost,

    /// <summary>A file was built from another commit.</summary>
    OtherCommit,

    /// <summary>A wheel's name says other tags than the wheel itself, or tags that no interpreter has.</summary>
    Tags,

    /// <summary>A wheel is not what its RECORD says.</summary>
    Record,

    /// <summary>A distribution holds a tool's cache.</summary>
    Content,

    /// <summary>A distribution holds what looks like a private key or credentials.</summary>
    Secret,

    /// <summary>twine refuses the metadata.</summary>
    Metadata,

    /// <summary>A file is of another project than the others.</summary>
    OtherProject,

    /// <summary>A file is of another version than the others.</summary>
    OtherVersion,

    /// <summary>There is no sdist, although one is wanted.</summary>
    SdistMissing,

    /// <summary>No wheel is for an interpreter and platform that was expected.</summary>
    WheelMissing,

    /// <summary>A file was not expected.</summary>
    Unexpected,

    /// <summary>Two files have one name, the same bytes, or are for the same.</summary>
    Twice,

    /// <summary>A wheel has a platform tag that the index does not take.</summary>
    LinuxTag,

    /// <summary>Metadata is not the same where it must be.</summary>
    MetadataDiffers,
}
