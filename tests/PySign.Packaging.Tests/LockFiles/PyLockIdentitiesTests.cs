using System.Text;
using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

/// <summary>Publishers written into a pylock.toml: in its own form, read back the same, and nothing else touched.</summary>
public sealed class PyLockIdentitiesTests
{
    private const string Head = "lock-version = \"1.0\"\ncreated-by = \"test\"  # kept\n";
    private const string Line = "{ kind = \"GitHub\", repository = \"acme/demo\", workflow = \"release.yml\", environment = \"pypi\" }";

    private static readonly LockedIdentity _gitHub = Identity(
        "GitHub",
        ("repository", "acme/demo"),
        ("workflow", "release.yml"),
        ("environment", "pypi")
    );
    private static readonly LockedIdentity _gitLab = Identity(
        "GitLab",
        ("repository", "acme/sub/demo"),
        ("workflow_filepath", ".gitlab-ci.yml")
    );

    private static readonly (string Title, string Before, string After)[] _cases =
    [
        (
            "a table, before its own tables",
            Head
                + "\n[[packages]]\nname = 'demo' # here\nversion = '1.0'\n\n[[packages.wheels]]\nname = 'd'\n"
                + "[packages.wheels.hashes]\nsha256 = '$A'\n",
            Head
                + "\n[[packages]]\nname = 'demo' # here\nversion = '1.0'\nattestation-identities = ["
                + Line
                + "]\n\n[[packages.wheels]]\nname = 'd'\n[packages.wheels.hashes]\nsha256 = '$A'\n"
        ),
        (
            "indented, CRLF, no last line end",
            "lock-version = '1.0'\r\ncreated-by = 'x'\r\n[[packages]]\r\n  name = 'demo'\r\n  version = '1.0'\r\n"
                + "  wheels = [{name = 'd', hashes = {sha256 = '$A'}}]",
            "lock-version = '1.0'\r\ncreated-by = 'x'\r\n[[packages]]\r\n  name = 'demo'\r\n  version = '1.0'\r\n"
                + "  wheels = [{name = 'd', hashes = {sha256 = '$A'}}]\r\n  attestation-identities = ["
                + Line
                + "]"
        ),
        (
            "an inline table",
            Head + "packages = [{name = 'demo', version = '1.0', wheels = [{name = 'd', hashes = {sha256 = '$A'}}]}]\n",
            Head
                + "packages = [{name = 'demo', version = '1.0', wheels = [{name = 'd', hashes = {sha256 = '$A'}}], "
                + "attestation-identities = ["
                + Line
                + "]}]\n"
        ),
        (
            "another identity inline",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\n"
                + "attestation-identities = [{kind = 'GitHub', repository = 'old/demo'}] # who\n"
                + "wheels = [{name = 'd', hashes = {sha256 = '$A'}}]\n",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\nattestation-identities = ["
                + Line
                + "] # who\nwheels = [{name = 'd', hashes = {sha256 = '$A'}}]\n"
        ),
        (
            "other identities as tables",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\n[[packages.attestation-identities]]\nkind = 'GitHub'\n"
                + "\n[[packages.attestation-identities]]\nkind = 'GitLab'\n# next\n[[packages.wheels]]\nname = 'd'\n"
                + "hashes = {sha256 = '$A'}\n",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\n[[packages.attestation-identities]]\n"
                + "kind = \"GitHub\"\nrepository = \"acme/demo\"\nworkflow = \"release.yml\"\nenvironment = \"pypi\"\n"
                + "# next\n[[packages.wheels]]\nname = 'd'\nhashes = {sha256 = '$A'}\n"
        ),
        (
            "the same, written otherwise, stays",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\n[[packages.attestation-identities]]\nkind = 'GitHub'\n"
                + "environment = 'pypi'\nworkflow = 'release.yml'\nrepository = 'acme/demo'\n[[packages.wheels]]\n"
                + "name = 'd'\nhashes = {sha256 = '$A'}\n",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\n[[packages.attestation-identities]]\nkind = 'GitHub'\n"
                + "environment = 'pypi'\nworkflow = 'release.yml'\nrepository = 'acme/demo'\n[[packages.wheels]]\n"
                + "name = 'd'\nhashes = {sha256 = '$A'}\n"
        ),
        (
            "another package stays",
            Head + "[[packages]]\nname = 'other'\nversion = '1.0'\nwheels = [{name = 'd', hashes = {sha256 = '$A'}}]\n",
            Head + "[[packages]]\nname = 'other'\nversion = '1.0'\nwheels = [{name = 'd', hashes = {sha256 = '$A'}}]\n"
        ),
        (
            "two packages of one name",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\nwheels = [{name = 'd', hashes = {sha256 = '$A'}}]\n"
                + "[[packages]]\nname = 'demo'\nversion = '2.0'\nwheels = [{name = 'e', hashes = {sha256 = '$B'}}]\n",
            Head
                + "[[packages]]\nname = 'demo'\nversion = '1.0'\nwheels = [{name = 'd', hashes = {sha256 = '$A'}}]\n"
                + "attestation-identities = ["
                + Line
                + "]\n[[packages]]\nname = 'demo'\nversion = '2.0'\nwheels = [{name = 'e', hashes = {sha256 = '$B'}}]\n"
        ),
    ];

    [Fact]
    public void They_take_the_form_of_the_file_and_touch_nothing_else()
    {
        foreach (var (title, before, after) in _cases)
        {
            var written = Write(before, _gitHub);
            Assert.True(LockRows.Expand(after) == written, $"{title}:\n{written}");
            Assert.Equal(written, Write(written, _gitHub));
            foreach (
                var package in LockRows.Parse("pylock.toml", written).Packages.Where(one => one is { Name.Value: "demo", Version: "1.0" })
            )
                Assert.Equal([Text(_gitHub)], package.Identities.Select(Text));
        }
    }

    [Fact]
    public void Several_stand_in_lines_of_their_own_and_hostile_values_stay_values()
    {
        var evil = Identity("GitHub", ("repository", "a/b\"]\n[[packages]]\nname = \"evil\""), ("workflow", "r.yml"));
        var written = Write(_cases[0].Before, _gitHub, _gitLab, evil);
        Assert.Contains(
            "attestation-identities = [\n    "
                + Line
                + ",\n    { kind = \"GitLab\", repository = \"acme/sub/demo\", workflow_filepath = \".gitlab-ci.yml\" },\n",
            written,
            StringComparison.Ordinal
        );
        var package = Assert.Single(LockRows.Parse("pylock.toml", written).Packages);
        Assert.Equal([Text(_gitHub), Text(_gitLab), Text(evil)], package.Identities.Select(Text));
    }

    [Fact]
    public void What_cannot_be_replaced_alone_is_refused()
    {
        var scattered =
            Head
            + "[[packages]]\nname = 'demo'\nversion = '1.0'\n[[packages.attestation-identities]]\nkind = 'GitHub'\n"
            + "[[packages.wheels]]\nname = 'd'\n"
            + "hashes = {sha256 = '$A'}\n[[packages.attestation-identities]]\nkind = 'GitLab'\n";
        Assert.Equal(PackagingFailure.InvalidLockFile, Assert.Throws<PackagingException>(() => Write(scattered, _gitHub)).Reason);
        Assert.Equal(PackagingFailure.InvalidLockFile, Assert.Throws<PackagingException>(() => Write("[[packages", _gitHub)).Reason);
    }

    private static string Write(string text, params LockedIdentity[] identities) =>
        Encoding.UTF8.GetString(
            PyLockIdentities.Write(
                Encoding.UTF8.GetBytes(LockRows.Expand(text)),
                (name, version) => name.Normalized == "demo" && version == "1.0" ? identities : null
            )
        );

    private static LockedIdentity Identity(string kind, params (string Key, string Value)[] values) =>
        new(kind, values.ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal));

    private static string Text(LockedIdentity identity) =>
        string.Join(
            ' ',
            identity
                .Values.OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => $"{one.Key}={one.Value}")
                .Prepend($"{identity.Kind}")
        );
}
