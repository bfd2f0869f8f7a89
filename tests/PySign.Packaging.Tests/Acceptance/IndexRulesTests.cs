using System.Buffers.Binary;
using System.Text;
using PySign.Packaging.Acceptance;

namespace PySign.Packaging.Tests.Acceptance;

/// <summary>PyPI's and GitLab's rules, one row a rule.</summary>
public sealed class IndexRulesTests : IDisposable
{
    private readonly MadeDistribution _made = new();

    public void Dispose() => _made.Dispose();

    [Theory]
    [InlineData("demo_pkg-1.0-py3-none-any.whl")]
    [InlineData("demo_pkg-1.0.0-py3-none-any.whl")]
    [InlineData("demo_pkg-1.0-1-cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")]
    [InlineData("demo_pkg-1.0-cp313-cp313-macosx_11_0_arm64.whl")]
    public void A_wheel_as_current_back_ends_name_it_is_taken(string name) =>
        Assert.Empty(IndexRules.Check(IndexKind.PyPi, [_made.Zip(name)]));

    [Theory]
    [InlineData("Name: demo-pkg")]
    [InlineData("Summary: short\nRequires-Python: >=3.9, <4\nHome-page: https://example.org\nProject-URL: Docs, https://example.org/d,e")]
    [InlineData("Requires-Dist: requests[socks]>=2 ; python_version < '3.13' and (extra == \"net\" or sys_platform not in 'a b')")]
    [InlineData("Requires-Dist: tomli (>=1.1,<3)\nRequires-Dist: a\nRequires-Dist: b ~= 1.0\nRequires-Dist: c==1.*")]
    [InlineData("Author-email: \"Lovelace, Ada\" <ada@example.org>, broken")]
    [InlineData("Classifier: Programming Language :: Python :: 3\nDescription-Content-Type: text/markdown; charset=UTF-8; variant=GFM")]
    [InlineData("License-Expression: mit AND (Apache-2.0 OR GPL-3.0-only WITH Classpath-exception-2.0) or LicenseRef-My.Own")]
    [InlineData("Home-page: UNKNOWN\nLicense: UNKNOWN\nLicense-Expression: MIT")]
    [InlineData("Dynamic: Requires-Dist")]
    public void Metadata_that_are_right_are_taken(string fields)
    {
        var text = fields.StartsWith("Name:", StringComparison.Ordinal) ? "" : fields;
        Assert.Empty(IndexRules.Check(IndexKind.PyPi, [_made.Zip(metadata: MadeDistribution.Metadata(text)), _made.Tar()]));
    }

    [Theory]
    [InlineData(IndexRule.SdistFileName, "Demo-Pkg-1.0.tar.gz")]
    [InlineData(IndexRule.SdistFileName, "demo-pkg-1.0.tar.gz")]
    [InlineData(IndexRule.SdistFileName, "demo.pkg-1.0.tar.gz")]
    [InlineData(IndexRule.SdistFileName, "demo_pkg-1.0.0.tar.gz")]
    [InlineData(IndexRule.SdistFileName, "demo_pkg-later.tar.gz")]
    public void A_source_distribution_under_another_name_is_refused(IndexRule rule, string name) =>
        Refused(rule, IndexKind.PyPi, _made.Tar(name));

    [Theory]
    [InlineData(IndexRule.WheelFileNameProject, "Demo_Pkg-1.0-py3-none-any.whl")]
    [InlineData(IndexRule.WheelFileNameProject, "demo.pkg-1.0-py3-none-any.whl")]
    [InlineData(IndexRule.WheelFileName, "demo__pkg-1.0-py3-none-any.whl")]
    [InlineData(IndexRule.FileNameVersion, "demo_pkg-1.1-py3-none-any.whl")]
    [InlineData(IndexRule.WheelFileName, "demo_pkg-1.0-x1-py3-none-any.whl")]
    [InlineData(IndexRule.WheelFileName, "demo_pkg-1.0-any.whl")]
    [InlineData(IndexRule.WheelFileName, "demo_pkg-one-py3-none-any.whl")]
    [InlineData(IndexRule.FileExtension, "demo_pkg-1.0.egg")]
    [InlineData(IndexRule.FileNameCharacters, "demo_pkg-1.0\u0007-py3-none-any.whl")]
    public void A_wheel_under_another_name_is_refused(IndexRule rule, string name) => Refused(rule, IndexKind.PyPi, _made.Zip(name));

    [Theory]
    [InlineData(1L << 31)]
    [InlineData(1L << 32)]
    [InlineData(long.MaxValue)]
    public void Members_that_say_more_than_32_bits_are_added_up_without_an_end(long size)
    {
        var problems = IndexRules.Check(IndexKind.PyPi, [_made.Write(MadeDistribution.Wheel, Zip64(size))]);
        Assert.Contains(problems, problem => problem.Rule is IndexRule.CompressionRatio or IndexRule.UnreadableArchive);
        Assert.DoesNotContain(problems, problem => problem.Message.Contains("-9", StringComparison.Ordinal));
    }

    /// <summary>A wheel in whose directory two empty members say in a field of Zip64 (APPNOTE 4.5.3) how large they are.</summary>
    private static byte[] Zip64(long size)
    {
        var good = MadeDistribution.ZipBytes(more: [("demo_pkg/a.bin", ""), ("demo_pkg/b.bin", "")]);
        var directory = BinaryPrimitives.ReadInt32LittleEndian(good.AsSpan(good.Length - 6));
        using var zip = new MemoryStream();
        zip.Write(good, 0, directory);
        var at = directory;
        while (at < good.Length - 22)
        {
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(good.AsSpan(at + 28));
            var header = good[at..(at + 46 + nameLength)];
            var isLarge = header.AsSpan(46).EndsWith(".bin"u8);
            if (isLarge)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), uint.MaxValue);
                BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(30), 12);
            }

            zip.Write(header);
            if (isLarge)
            {
                zip.Write([1, 0, 8, 0, .. BitConverter.GetBytes(size)]);
            }

            at += header.Length;
        }

        var end = good[^22..];
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), (int)zip.Length - directory);
        zip.Write(end);
        return zip.ToArray();
    }

    [Theory]
    [InlineData("any", true)]
    [InlineData("win32", true)]
    [InlineData("win_amd64", true)]
    [InlineData("win_arm64", true)]
    [InlineData("manylinux1_i686", true)]
    [InlineData("manylinux2010_x86_64", true)]
    [InlineData("manylinux2014_s390x", true)]
    [InlineData("manylinux_2_28_riscv64", true)]
    [InlineData("manylinux_2_28_ppc64", true)]
    [InlineData("musllinux_1_2_aarch64", true)]
    [InlineData("linux_armv7l", true)]
    [InlineData("macosx_10_9_x86_64", true)]
    [InlineData("macosx_26_0_universal2", true)]
    [InlineData("ios_13_0_arm64_iphoneos", true)]
    [InlineData("android_24_arm64_v8a", true)]
    [InlineData("pyemscripten_2025_0_wasm32", true)]
    [InlineData("linux_x86_64", false)]
    [InlineData("linux_aarch64", false)]
    [InlineData("manylinux1_aarch64", false)]
    [InlineData("manylinux2010_aarch64", false)]
    [InlineData("manylinux_2_28_loongarch64", false)]
    [InlineData("musllinux_1_2_ppc64", false)]
    [InlineData("macosx_11_1_arm64", false)]
    [InlineData("macosx_16_0_arm64", false)]
    [InlineData("pyodide_2024_0_wasm32", false)]
    [InlineData("win_riscv64", false)]
    [InlineData("manylinux_2_17_x86_64.linux_x86_64", false)]
    public void Every_platform_of_a_wheel_is_one_that_PyPI_takes(string platform, bool taken)
    {
        var problems = IndexRules.Check(IndexKind.PyPi, [_made.Zip($"demo_pkg-1.0-cp312-cp312-{platform}.whl")]);
        Assert.Equal(taken ? [] : [IndexRule.PlatformTag], problems.Select(problem => problem.Rule));
        Assert.Empty(IndexRules.Check(IndexKind.GitLab, [_made.Zip($"demo_pkg-1.0-cp312-cp312-{platform}.whl")]));
    }

    [Theory]
    [InlineData(IndexRule.Summary, "Summary: one\n two")]
    [InlineData(IndexRule.RequiresPython, "Requires-Python: 3.9 or so")]
    [InlineData(IndexRule.Requirement, "Requires-Dist: requests >= ")]
    [InlineData(IndexRule.Requirement, "Requires-Dist: requests ; python_version <> '3'")]
    [InlineData(IndexRule.Requirement, "Requires-Dist: requests ; nonsense == '3'")]
    [InlineData(IndexRule.Requirement, "Requires-Dist: requests ; python_version < '3")]
    [InlineData(IndexRule.DirectUrl, "Requires-Dist: requests @ https://example.org/r.whl")]
    [InlineData(IndexRule.DirectUrl, "Requires-Dist: r[x] @ git+https://example.org/r.git ; extra == 'net'")]
    [InlineData(IndexRule.DirectUrl, "Obsoletes-Dist: old @ file:///tmp/x")]
    [InlineData(IndexRule.EmailAddress, "Author-email: Ada <ada@example>")]
    [InlineData(IndexRule.EmailAddress, "Author-email: ada")]
    [InlineData(IndexRule.EmailAddress, "Maintainer-email: Ada <ada@mail.local>")]
    [InlineData(IndexRule.Classifier, "Classifier: Private :: Do Not Upload")]
    [InlineData(IndexRule.Classifier, "Classifier: Programming Language :: Python :: 9")]
    [InlineData(IndexRule.DeprecatedClassifier, "Classifier: License :: OSI Approved :: Intel Open Source License")]
    [InlineData(IndexRule.DeprecatedClassifier, "Classifier: Natural Language :: Ukranian")]
    [InlineData(IndexRule.ProjectUrl, "Home-page: ftp://example.org")]
    [InlineData(IndexRule.ProjectUrl, "Download-URL: example.org")]
    [InlineData(IndexRule.ProjectUrl, "Project-URL: https://example.org")]
    [InlineData(IndexRule.ProjectUrl, "Project-URL: , https://example.org")]
    [InlineData(IndexRule.ProjectUrl, "Project-URL: abcdefghijklmnopqrstuvwxyz1234567, https://example.org")]
    [InlineData(IndexRule.ProjectUrl, "Project-URL: Docs, javascript:alert(1)")]
    [InlineData(IndexRule.DescriptionContentType, "Description-Content-Type: text/html")]
    [InlineData(IndexRule.DescriptionContentType, "Description-Content-Type: text/markdown; charset=latin-1")]
    [InlineData(IndexRule.DescriptionContentType, "Description-Content-Type: text/markdown; variant=MDX")]
    [InlineData(IndexRule.DynamicField, "Dynamic: Version")]
    [InlineData(IndexRule.DynamicField, "Dynamic: Color")]
    [InlineData(IndexRule.LicenseExpression, "License-Expression: My own")]
    [InlineData(IndexRule.LicenseExpression, "License-Expression: MIT OR")]
    [InlineData(IndexRule.LicenseExpression, "License-Expression: MIT WITH Apache-2.0")]
    [InlineData(IndexRule.LicenseExpression, "License-Expression: LicenseRef-mine+")]
    [InlineData(IndexRule.LicenseTwice, "License: MIT\nLicense-Expression: MIT")]
    [InlineData(IndexRule.LicenseFilePath, "License-File: /etc/LICENSE")]
    [InlineData(IndexRule.LicenseFilePath, "License-File: ../LICENSE")]
    [InlineData(IndexRule.LicenseFilePath, "License-File: doc\\LICENSE")]
    [InlineData(IndexRule.LicenseFilePath, "License-File: LICEN*")]
    [InlineData(IndexRule.LicenseFileMissing, "License-File: LICENSE")]
    [InlineData(IndexRule.FieldTwice, "Summary: a\nSummary: b")]
    public void Metadata_that_PyPI_refuses_are_refused_in_wheel_and_sdist(IndexRule rule, string fields)
    {
        var metadata = MadeDistribution.Metadata(fields);
        Refused(rule, IndexKind.PyPi, _made.Zip(metadata: metadata));
        Refused(rule, IndexKind.TestPyPi, _made.Tar(metadata: metadata));
        Assert.Empty(IndexRules.Check(IndexKind.GitLab, [_made.Zip(metadata: metadata)]));
    }

    [Theory]
    [InlineData("2.6", "", IndexRule.MetadataVersion)]
    [InlineData("2.0", "", IndexRule.MetadataVersion)]
    [InlineData("2.1", "License-Expression: MIT", IndexRule.FieldTooNew)]
    [InlineData("2.1", "Dynamic: Summary", IndexRule.FieldTooNew)]
    [InlineData("1.2", "Description-Content-Type: text/plain", IndexRule.FieldTooNew)]
    [InlineData("1.2", "Provides-Extra: net", IndexRule.FieldTooNew)]
    public void A_metadata_version_that_does_not_fit_is_refused(string version, string fields, IndexRule rule) =>
        Refused(rule, IndexKind.PyPi, _made.Zip(metadata: MadeDistribution.Metadata(fields, version)));

    [Fact]
    public void A_license_file_of_old_metadata_is_not_looked_for_because_twine_leaves_it_out() =>
        Assert.Empty(IndexRules.Check(IndexKind.PyPi, [_made.Zip(metadata: MadeDistribution.Metadata("License-File: LICENSE", "2.1"))]));

    [Fact]
    public void A_license_file_that_is_there_is_found()
    {
        var metadata = MadeDistribution.Metadata("License-File: doc/LICENSE");
        Assert.Empty(
            IndexRules.Check(
                IndexKind.PyPi,
                [
                    _made.Zip(metadata: metadata, more: ("demo_pkg-1.0.dist-info/licenses/doc/LICENSE", "x")),
                    _made.Tar(metadata: metadata, more: ("doc/LICENSE", "x")),
                ]
            )
        );
    }

    [Theory]
    [InlineData(IndexRule.Name, "Name: demo-pkg", "Name: demo pkg")]
    [InlineData(IndexRule.Name, "Name: demo-pkg", "Name: -demo-pkg")]
    [InlineData(IndexRule.Version, "Version: 1.0", "Version: one")]
    public void A_name_and_a_version_that_are_none_are_refused(IndexRule rule, string right, string wrong)
    {
        var metadata = MadeDistribution.Metadata().Replace($"\n{right}\n", $"\n{wrong}\n", StringComparison.Ordinal);
        Assert.Contains(IndexRules.Check(IndexKind.PyPi, [_made.Zip(metadata: metadata)]), problem => problem.Rule == rule);
    }

    [Fact]
    public void A_name_that_GitLab_would_change_is_refused_there()
    {
        const string Name = "demo_pkg-1.0-1!b-py3-none-any.whl";
        Refused(IndexRule.RenamedFile, IndexKind.GitLab, _made.Zip(Name));
        Assert.Empty(IndexRules.Check(IndexKind.GitLab, [_made.Zip(Name.Replace('!', '_'))]));
    }

    [Fact]
    public void A_name_that_no_file_system_holds_is_refused()
    {
        var report = new DistributionReport(IndexKind.PyPi, $"demo_pkg-1.0-py3-none-{new string('x', 255)}.whl");
        FileNameRules.CheckCharacters(report);
        Assert.Equal([IndexRule.FileNameLength], report.Problems.Select(problem => problem.Rule));
    }

    [Fact]
    public void A_sparse_member_is_refused() => Refused(IndexRule.SparseMember, IndexKind.PyPi, _made.Sparse());

    [Fact]
    public void A_zip_that_two_readers_read_differently_is_refused()
    {
        var bytes = MadeDistribution.ZipBytes();
        Refused(IndexRule.ZipStructure, IndexKind.PyPi, _made.Write(MadeDistribution.Wheel, [.. bytes, .. "behind"u8]));
    }

    [Fact]
    public void A_long_summary_is_refused() =>
        Refused(IndexRule.Summary, IndexKind.PyPi, _made.Zip(metadata: MadeDistribution.Metadata($"Summary: {new string('x', 513)}")));

    [Fact]
    public void A_local_version_is_refused_by_PyPI_and_taken_by_GitLab()
    {
        var wheel = _made.Zip("demo_pkg-1.0+local-py3-none-any.whl", MadeDistribution.Metadata(release: "1.0+local"));
        Refused(IndexRule.LocalVersion, IndexKind.PyPi, wheel);
        Assert.Empty(IndexRules.Check(IndexKind.GitLab, [wheel]));
    }

    [Fact]
    public void An_epoch_is_refused_by_GitLab_and_taken_by_PyPI()
    {
        string[] files =
        [
            _made.Zip("demo_pkg-1!1.0-py3-none-any.whl", MadeDistribution.Metadata(release: "1!1.0")),
            _made.Tar("demo_pkg-1!1.0.tar.gz", MadeDistribution.Metadata(release: "1!1.0")),
        ];
        Assert.Empty(IndexRules.Check(IndexKind.PyPi, files));
        Assert.Equal([IndexRule.Epoch, IndexRule.Epoch], IndexRules.Check(IndexKind.GitLab, files).Select(problem => problem.Rule));
        Assert.Contains("1_1.0", IndexRules.Check(IndexKind.GitLab, files)[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IndexRule.WheelFileMissing, "demo_pkg-1.0.dist-info/WHEEL", "(none)")]
    [InlineData(IndexRule.RecordMissing, "demo_pkg-1.0.dist-info/RECORD", "(none)")]
    [InlineData(IndexRule.EntryPoints, "demo_pkg-1.0.dist-info/entry_points.txt", "[console_scripts]\nx = a:b\nx = c:d\n")]
    [InlineData(IndexRule.EntryPoints, "demo_pkg-1.0.dist-info/entry_points.txt", "[console_scripts]\nmy tool = a:b\n")]
    [InlineData(IndexRule.EntryPoints, "demo_pkg-1.0.dist-info/entry_points.txt", "[console_scripts]\nx: a:b\n")]
    [InlineData(IndexRule.EntryPoints, "demo_pkg-1.0.dist-info/entry_points.txt", "x = a:b\n")]
    public void A_wheel_that_lacks_something_is_refused(IndexRule rule, string member, string text) =>
        Refused(rule, IndexKind.PyPi, _made.Zip(more: (member, text)));

    [Fact]
    public void An_archive_that_unpacks_to_fifty_times_its_size_is_refused() =>
        Refused(IndexRule.CompressionRatio, IndexKind.PyPi, _made.Zip(more: ("demo_pkg/zeros", Ratio())));

    [Fact]
    public void A_damaged_archive_is_one_problem_among_others()
    {
        var problems = IndexRules.Check(
            IndexKind.PyPi,
            [_made.Write(MadeDistribution.Wheel, "no zip"u8.ToArray()), _made.Tar("Demo-Pkg-1.0.tar.gz")]
        );
        Assert.Equal([IndexRule.SdistFileName, IndexRule.UnreadableArchive], problems.Select(problem => problem.Rule).Order());
    }

    [Fact]
    public void Sizes_are_held_against_the_limits()
    {
        string[] files = [_made.Zip(), _made.Tar()];
        Assert.Equal(
            [IndexRule.FileSize, IndexRule.FileSize, IndexRule.ReleaseSize],
            IndexRules.Check(IndexKind.PyPi, files, new IndexLimits(10, 100)).Select(problem => problem.Rule)
        );
    }

    [Fact]
    public void Two_source_distributions_and_two_versions_are_refused()
    {
        var problems = IndexRules.Check(
            IndexKind.PyPi,
            [_made.Tar(), _made.Tar("demo_pkg-2.0.tar.gz", MadeDistribution.Metadata(release: "2.0"))]
        );
        Assert.Equal([IndexRule.MixedRelease, IndexRule.SecondSdist], problems.Select(problem => problem.Rule));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var metadata = MadeDistribution.Metadata(
            "Classifier: Private :: Do Not Upload\nRequires-Dist: x @ https://example.org/x\nSummary: a\nSummary: b",
            release: "1.0+dirty"
        );
        var problems = IndexRules.Check(IndexKind.PyPi, [_made.Zip("Demo_Pkg-1.0+dirty-cp312-cp312-linux_x86_64.whl", metadata)]);
        Assert.Equal(6, problems.Select(problem => problem.Rule).Distinct().Count());
        Assert.All(problems, problem => Assert.EndsWith(".", problem.Advice, StringComparison.Ordinal));
    }

    [Fact]
    public void Random_bytes_in_metadata_are_problems_and_never_a_crash()
    {
        var random = new Random(14);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            var noise = Encoding.Latin1.GetString(bytes);
            string[] fields =
            [
                "Requires-Dist",
                "Author-email",
                "License-Expression",
                "Description-Content-Type",
                "Classifier",
                "Project-URL",
            ];
            var metadata = MadeDistribution.Metadata(
                string.Join('\n', fields.Select(field => $"{field}: {noise.Replace('\n', ' ').Replace('\r', ' ')}"))
            );
            Assert.NotEmpty(IndexRules.Check(IndexKind.PyPi, [_made.Zip(metadata: metadata)]));
        }
    }

    // Some of it does not compress, so that it is over PyPI's ratio and under the bound of what is read at all.
    private static string Ratio()
    {
        var random = new Random(50);
        var noise = string.Create(
            1 << 20,
            random,
            static (span, source) => source.GetItems<char>("0123456789abcdefghijklmnopqrstuvwxyzABCD", span)
        );
        return noise + new string('\0', 68 << 20);
    }

    private static void Refused(IndexRule rule, IndexKind index, string path)
    {
        var problem = Assert.Single(IndexRules.Check(index, [path]));
        Assert.Equal(rule, problem.Rule);
        Assert.Equal(Path.GetFileName(path), problem.File);
        Assert.DoesNotContain(problem.Message, char.IsControl);
    }
}
