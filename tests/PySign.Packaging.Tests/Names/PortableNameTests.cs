using PySign.Packaging.Names;

namespace PySign.Packaging.Tests.Names;

public sealed class PortableNameTests
{
    [Theory]
    [InlineData("hello-1.0-py3-none-any.whl")]
    [InlineData("hello-1!2.0+local.tar.gz.sig")]
    [InlineData("console.py")]
    [InlineData("com10")]
    [InlineData("auxiliary.sig")]
    [InlineData(".hidden")]
    public void A_name_that_means_one_file_everywhere_is_portable(string name) => Assert.True(PortableName.IsPortable(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.")]
    [InlineData("a ")]
    [InlineData(" a")]
    [InlineData("a.whl:stream")]
    [InlineData("C:a.whl")]
    [InlineData("C:")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("\\\\?\\C:\\a")]
    [InlineData("a*")]
    [InlineData("a?")]
    [InlineData("a|b")]
    [InlineData("a\"b")]
    [InlineData("a\tb")]
    [InlineData("a\0b")]
    [InlineData("nul")]
    [InlineData("NUL.sig")]
    [InlineData("nul .sig")]
    [InlineData("aux.tar.gz")]
    [InlineData("Con.whl.sigstore.json")]
    [InlineData("prn")]
    [InlineData("com1.sig")]
    [InlineData("LPT9")]
    [InlineData("com\u00b9.sig")]
    [InlineData("CONIN$")]
    public void A_path_a_stream_a_device_or_a_name_that_windows_changes_is_not(string name) => Assert.False(PortableName.IsPortable(name));

    [Fact]
    public void A_longer_name_than_file_systems_take_is_not() => Assert.False(PortableName.IsPortable(new string('a', 256)));
}
