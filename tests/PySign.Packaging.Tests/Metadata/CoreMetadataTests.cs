using System.Text;
using PySign.Packaging.Metadata;

namespace PySign.Packaging.Tests.Metadata;

public sealed class CoreMetadataTests
{
    [Fact]
    public void A_file_with_folded_lines_repeated_fields_and_a_body_is_read()
    {
        var metadata = CoreMetadata.Parse(
            "Metadata-Version: 2.1\r\nName: Hello-PySign\r\nVersion: 1.0.0\r\nAuthor-email: Zoë Ångström <zoe@example.org>\r\n"
                + "Project-URL: Homepage, https://example.org/a,b\r\nProject-URL: Issue Tracker, https://example.org/i\r\n"
                + "License: MIT\r\n        second line\r\nClassifier: A\r\nClassifier: B\r\nRequires-Python: >=3.9\r\n\r\n# "
                + "Hello\r\n\r\nText: not a field\r\n"
        );
        Assert.Equal(("2.1", "Hello-PySign", "1.0.0"), (metadata.MetadataVersion, metadata.Name.Value, metadata.Version.Value));
        Assert.Equal("Zoë Ångström <zoe@example.org>", metadata.AuthorEmail);
        Assert.Equal(
            [new ProjectUrl("Homepage", "https://example.org/a,b"), new ProjectUrl("Issue Tracker", "https://example.org/i")],
            metadata.ProjectUrls
        );
        Assert.Equal("MIT\n        second line", metadata.License);
        Assert.Equal(["A", "B"], metadata.Classifiers);
        Assert.Equal(">=3.9", metadata.RequiresPython);
        Assert.Equal("# Hello\n\nText: not a field\n", metadata.Description);
        Assert.Null(metadata.HomePage);
    }

    [Fact]
    public void A_description_field_of_old_metadata_is_unfolded()
    {
        var metadata = CoreMetadata.Parse("Metadata-Version: 1.0\nName: x\nVersion: 1\nDescription: One\n        Two\n       |Three\n");
        Assert.Equal("One\nTwo\nThree", metadata.Description);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("1.2")]
    [InlineData("2.0")]
    [InlineData("2.1")]
    [InlineData("2.2")]
    [InlineData("2.3")]
    [InlineData("2.4")]
    [InlineData("2.5")]
    public void Every_metadata_version_is_read(string version) =>
        Assert.Equal(version, CoreMetadata.Parse($"Metadata-Version: {version}\nName: x\nVersion: 1\n").MetadataVersion);

    [Fact]
    public void The_fields_that_the_versions_added_are_read()
    {
        var metadata = CoreMetadata.Parse(
            "Metadata-Version: 2.5\nName: x\nVersion: 1\nSummary: S\nHome-page: https://h.example\nDownload-URL: "
                + "https://d.example\nAuthor: A\nMaintainer: M\n"
                + "Maintainer-email: m@example.org\nLicense-Expression: MIT OR Apache-2.0\nLicense-File: LICENSE\nLicense-File: "
                + "NOTICE\nKeywords: a,b\n"
                + "Requires-Dist: y>=1; extra == 'z'\nProvides-Extra: z\nDynamic: Requires-Dist\nDescription-Content-Type: "
                + "text/markdown\nImport-Name: x\nX-Unknown: kept\n"
        );
        Assert.Equal(
            ("S", "https://h.example", "https://d.example", "A"),
            (metadata.Summary, metadata.HomePage, metadata.DownloadUrl, metadata.Author)
        );
        Assert.Equal(
            ("M", "m@example.org", "MIT OR Apache-2.0", "a,b"),
            (metadata.Maintainer, metadata.MaintainerEmail, metadata.LicenseExpression, metadata.Keywords)
        );
        Assert.Equal(["LICENSE", "NOTICE"], metadata.LicenseFiles);
        Assert.Equal(
            ["y>=1; extra == 'z'", "z", "Requires-Dist"],
            [.. metadata.RequiresDist, .. metadata.ProvidesExtra, .. metadata.Dynamic]
        );
        Assert.Equal("text/markdown", metadata.DescriptionContentType);
        Assert.Contains(new MetadataField("Import-Name", "x"), metadata.Fields);
        Assert.Contains(new MetadataField("X-Unknown", "kept"), metadata.Fields);
    }

    [Theory]
    [InlineData("Name: x\nVersion: 1\n", PackagingFailure.InvalidMetadata)]
    [InlineData("Metadata-Version: 2.1\nVersion: 1\n", PackagingFailure.InvalidMetadata)]
    [InlineData("Metadata-Version: 2.1\nName: x\n\nVersion: 1\n", PackagingFailure.InvalidMetadata)]
    [InlineData("Metadata-Version: 2.1\nName: x\nName: y\nVersion: 1\n", PackagingFailure.InvalidMetadata)]
    [InlineData("Metadata-Version: 2.1\nName: x\nVersion: 1\nversion: 2\n", PackagingFailure.InvalidMetadata)]
    [InlineData("Metadata-Version: 3.0\nName: x\nVersion: 1\n", PackagingFailure.UnsupportedMetadataVersion)]
    [InlineData("Metadata-Version: 2.1\nName: x y\nVersion: 1\n", PackagingFailure.InvalidName)]
    [InlineData("Metadata-Version: 2.1\nName: x\nVersion: one\n", PackagingFailure.InvalidVersion)]
    [InlineData(" folded: first\n", PackagingFailure.InvalidMetadata)]
    [InlineData("no colon\n", PackagingFailure.InvalidMetadata)]
    [InlineData("", PackagingFailure.InvalidMetadata)]
    [InlineData("Metadata-Version: 2.1\nName: x\nVersion: 1\nProject-URL: none\n", PackagingFailure.InvalidMetadata)]
    public void Malformed_metadata_is_refused(string text, PackagingFailure reason) =>
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => CoreMetadata.Parse(text)).Reason);

    [Fact]
    public void Metadata_over_its_bounds_is_refused()
    {
        const string Head = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
        Assert.Equal("a", CoreMetadata.Parse(Head + Lines(20_000 - 3)).Name.Value);
        Refused(() => CoreMetadata.Parse(Head + Lines(20_000 - 2)));
        Refused(() => CoreMetadata.Parse(Head + "\n" + new string('x', CoreMetadata.MaxBytes)));
        Refused(() => CoreMetadata.Parse(new byte[CoreMetadata.MaxBytes + 1]));

        static string Lines(int count) => string.Concat(Enumerable.Repeat("Platform: any\n", count));

        static void Refused(Action read) => Assert.Equal(PackagingFailure.InvalidMetadata, Assert.Throws<PackagingException>(read).Reason);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        var bytes = Encoding.Latin1.GetBytes("Metadata-Version: 2.1\nName: x\nVersion: 1\nAuthor: Zoë\n");
        Assert.Equal(PackagingFailure.InvalidMetadata, Assert.Throws<PackagingException>(() => CoreMetadata.Parse(bytes)).Reason);
    }

    [Theory]
    [InlineData("Homepage")]
    [InlineData("Home Page")]
    [InlineData("home-page")]
    [InlineData("HOME_PAGE.")]
    public void Labels_of_one_meaning_have_one_normal_form(string label) => Assert.Equal("homepage", ProjectUrl.NormalizeLabel(label));
}
