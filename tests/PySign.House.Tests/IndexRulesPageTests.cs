using PySign.Packaging.Acceptance;

namespace PySign.House.Tests;

/// <summary>
/// What an index refuses, by its own words: each is a rule that a test has by name and the page of publishing lists, or a row of that page
/// that says why nothing looks for it before the upload.
/// </summary>
public sealed class IndexRulesPageTests
{
    private static readonly string _page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "publishing.md"));

    /// <summary>PyPI's refusals, with what stands for the values left out.</summary>
    private static readonly (string Refusal, IndexRule Rule)[] _checked =
    [
        ("is an invalid value for Name", IndexRule.Name),
        ("is not a valid metadata version", IndexRule.MetadataVersion),
        ("introduced in metadata version", IndexRule.FieldTooNew),
        ("has invalid data", IndexRule.FieldTwice),
        ("'version' is a required field", IndexRule.Version),
        ("is invalid for 'version'", IndexRule.Version),
        ("The use of local versions in", IndexRule.LocalVersion),
        ("'summary' must be a single line", IndexRule.Summary),
        ("'summary' field must be 512 characters or less", IndexRule.Summary),
        ("is invalid for 'requires-python'", IndexRule.RequiresPython),
        ("is invalid for 'requires-dist'", IndexRule.Requirement),
        ("Can't have direct dependency", IndexRule.DirectUrl),
        ("is not a valid email address", IndexRule.EmailAddress),
        ("is not a valid classifier", IndexRule.Classifier),
        ("has been deprecated", IndexRule.DeprecatedClassifier),
        ("is not a valid url", IndexRule.ProjectUrl),
        ("Must have a label", IndexRule.ProjectUrl),
        ("must be 32 characters or less", IndexRule.ProjectUrl),
        ("Must have a URL", IndexRule.ProjectUrl),
        ("'description-content-type' must be one of", IndexRule.DescriptionContentType),
        ("can only specify the UTF-8 charset", IndexRule.DescriptionContentType),
        ("valid Markdown variants for", IndexRule.DescriptionContentType),
        ("is not allowed as a dynamic field", IndexRule.DynamicField),
        ("is not a valid dynamic field", IndexRule.DynamicField),
        ("is invalid for 'license-expression'", IndexRule.LicenseExpression),
        ("License is deprecated when License-Expression is present", IndexRule.LicenseTwice),
        ("is invalid for 'license-file'", IndexRule.LicenseFilePath),
        ("does not exist in distribution file", IndexRule.LicenseFileMissing),
        ("Cannot upload a file with non-printable characters", IndexRule.FileNameCharacters),
        ("Invalid file extension", IndexRule.FileExtension),
        ("Invalid source distribution filename", IndexRule.SdistFileName),
        ("Start filename for", IndexRule.SdistFileName),
        ("is invalid, should be", IndexRule.SdistFileName),
        ("Invalid wheel filename", IndexRule.WheelFileName),
        ("Invalid build number", IndexRule.WheelFileName),
        ("has an unsupported platform tag", IndexRule.PlatformTag),
        ("should contain the normalized project name", IndexRule.WheelFileNameProject),
        ("Version in filename should be", IndexRule.FileNameVersion),
        ("File is both a zip and a tar file", IndexRule.ZipStructure),
        ("File is not a tarfile", IndexRule.UnreadableArchive),
        ("Incorrect number of top-level directories in sdist", IndexRule.UnreadableArchive),
        ("PKG-INFO not found at", IndexRule.UnreadableArchive),
        ("Sparse members are not allowed", IndexRule.SparseMember),
        ("File is not a zipfile", IndexRule.UnreadableArchive),
        ("File exceeds compression ratio of 50", IndexRule.CompressionRatio),
        ("File does not use a supported compression type", IndexRule.ZipStructure),
        ("ZIP archive not accepted", IndexRule.ZipStructure),
        ("WHEEL not found at", IndexRule.WheelFileMissing),
        ("does not contain the required RECORD file", IndexRule.RecordMissing),
        ("has invalid entry points defined", IndexRule.EntryPoints),
        ("does not contain the required METADATA file", IndexRule.UnreadableArchive),
        ("Filename is too long", IndexRule.FileNameLength),
        ("File too large. Limit for project", IndexRule.FileSize),
        ("Project size too large", IndexRule.ReleaseSize),
        ("Only one sdist may be uploaded per release", IndexRule.SecondSdist),
    ];

    /// <summary>Refusals of PyPI, GitLab and GitHub that show on the way, and the row of the page that says so.</summary>
    private static readonly (string Refusal, string Row)[] _notChecked =
    [
        ("Invalid value for filetype", "form fields"),
        ("Include at least one message digest", "form fields"),
        ("Invalid distribution file. (of an upload without a content type)", "content type of the upload"),
        ("The description failed to render", "the long description renders"),
        ("PyArmor-encrypted content is not allowed", "PyArmor"),
        ("a RECORD that does not match", "RECORD against the archive"),
        ("wheels of a version that disagree", "wheels of one version that disagree"),
        ("conflicts with an existing project", "names that are taken"),
        ("is too similar to an existing project", "similar to others"),
        ("Too many new projects created", "names that are taken"),
        ("This filename has already been used", "deleted file names"),
        ("does not have a verified primary email address", "accounts and organizations"),
        ("Organization account owning this project is inactive", "accounts and organizations"),
        ("older than 14 days", "the 14 days"),
        ("Read-only mode: Uploads are temporarily disabled", "maintenance"),
        ("Invalid attestations supplied during upload", "attestations at PyPI"),
        ("You are not allowed to create this tag as it is protected", "protected tag"),
        ("Filepath is in an invalid format", "no direct path"),
        ("tag_name was used by an immutable release", "burned tags"),
        ("Cannot create ref due to creations being restricted", "rulesets"),
        ("Cannot upload assets to an immutable release", "ReleaseClosed"),
        ("valid token, but no corresponding publisher", "no such publisher"),
        ("invalid token: already used", "used before"),
        ("API rate limit exceeded", "RateLimited"),
    ];

    [Fact]
    public void Every_rule_is_on_the_page_and_has_a_test()
    {
        var tests = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests", "PySign.Packaging.Tests", "Acceptance"), "*.cs")
                .Select(File.ReadAllText)
        );
        var rules = Section("## What an index refuses");
        Assert.All(
            Enum.GetNames<IndexRule>(),
            name =>
            {
                Assert.Contains($"`{name}`", rules, StringComparison.Ordinal);
                Assert.Matches($@"IndexRule\.{name}\b", tests);
            }
        );
    }

    [Fact]
    public void Every_refusal_that_is_known_is_a_rule_or_a_row_that_says_why_not()
    {
        Assert.Equal(
            Enum.GetValues<IndexRule>().Except(_ofGitLabAndOurselves).Order(),
            _checked.Select(row => row.Rule).Distinct().Order()
        );
        Assert.All(_notChecked, row => Assert.Contains(row.Row, _page, StringComparison.Ordinal));
    }

    private static readonly IndexRule[] _ofGitLabAndOurselves = [IndexRule.Epoch, IndexRule.RenamedFile, IndexRule.MixedRelease];

    private static string Section(string heading)
    {
        var text = _page[_page.IndexOf(heading, StringComparison.Ordinal)..];
        return text[..text.IndexOf("\n## ", StringComparison.Ordinal)];
    }
}
