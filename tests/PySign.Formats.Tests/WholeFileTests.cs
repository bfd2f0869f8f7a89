namespace PySign.Formats.Tests;

public sealed class WholeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("whole").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_written_in_a_folder_that_is_made_and_nothing_else_stays()
    {
        var path = At("a/b/file.json");
        WholeFile.Write(path, "one"u8);
        WholeFile.Write(path, stream => stream.Write("two"u8));
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_fails_half_way_replaces_nothing_and_leaves_nothing()
    {
        var path = At("file");
        WholeFile.Write(path, "old"u8);
        Assert.Throws<InvalidDataException>(() =>
            WholeFile.Write(
                path,
                stream =>
                {
                    stream.Write("new"u8);
                    throw new InvalidDataException();
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_link_is_replaced_and_what_it_leads_to_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A link needs a privilege there.");
        var (theirs, link) = (At("theirs"), At("link"));
        File.WriteAllText(theirs, "theirs");
        File.CreateSymbolicLink(link, theirs);
        WholeFile.Write(link, "ours"u8);
        Assert.Equal(("theirs", "ours"), (File.ReadAllText(theirs), File.ReadAllText(link)));
        Assert.Null(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_name_is_given_only_where_nothing_has_it()
    {
        var (path, temporary) = (At("file"), WholeFile.TemporaryFor(At("file")));
        File.WriteAllText(temporary, "first");
        WholeFile.Place(temporary, path);
        File.WriteAllText(temporary, "second");
        Assert.Throws<IOException>(() => WholeFile.Place(temporary, path));
        Assert.Equal("first", File.ReadAllText(path));
    }

    [Fact]
    public void What_may_only_be_read_gets_its_name_and_stays_so()
    {
        var (path, temporary) = (At("file"), WholeFile.TemporaryFor(At("file")));
        File.WriteAllText(temporary, "whole");
        File.SetAttributes(temporary, FileAttributes.ReadOnly);
        WholeFile.Place(temporary, path);
        Assert.Equal("whole", File.ReadAllText(path));
        Assert.True(File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly));
        File.SetAttributes(path, FileAttributes.Normal);
    }

    [Fact]
    public void The_longest_name_that_a_file_can_have_is_written()
    {
        var path = At(new string('a', 251) + ".whl");
        WholeFile.Write(path, "one"u8);
        WholeFile.Write(path, "two"u8);
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("pysign.json.0123456789abcdef0123456789abcdef.part", "pysign.json")]
    [InlineData("pysign.json.0123456789abcdef0123456789abcdef.part.fedcba9876543210fedcba9876543210.part", "pysign.json")]
    [InlineData(".part", ".part")]
    [InlineData("pysign.json.part", "pysign.json.part")]
    [InlineData("pysign.json", "pysign.json")]
    [InlineData(".0123456789abcdef0123456789abcdef.part", ".0123456789abcdef0123456789abcdef.part")]
    public void What_a_temporary_name_was_to_become_is_read_from_it(string name, string target) =>
        Assert.Equal(target, WholeFile.TargetOf(name));

    [Fact]
    public void A_temporary_name_leads_back_to_its_own()
    {
        var path = At("file.whl");
        Assert.Equal(path, WholeFile.TargetOf(WholeFile.TemporaryFor(path)));
        Assert.NotEqual(WholeFile.TemporaryFor(path), WholeFile.TemporaryFor(path));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
