using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

/// <summary>Which environments a locked package is for: what an installer is told must be neither less nor something else.</summary>
public sealed class LockMarkerTests
{
    [Theory]
    [InlineData("sys_platform == 'win32'", "sys_platform == \"win32\"")]
    [InlineData("  python_version<\"3.11\"and os_name!='nt' ", "python_version < \"3.11\" and os_name != \"nt\"")]
    [InlineData("(a == 'b')", null)]
    [InlineData("sys_platform == 'win32' or ", null)]
    [InlineData("os_name == 'a' and (os_name == 'b' or os_name == 'c')", "os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")")]
    [InlineData("os_name == 'a' and os_name == 'b' or os_name == 'c'", "os_name == \"a\" and os_name == \"b\" or os_name == \"c\"")]
    [InlineData("'linux' in sys_platform", "\"linux\" in sys_platform")]
    [InlineData("platform_release not in 'a b'", "platform_release not in \"a b\"")]
    [InlineData("os_name == 'it\"s'", "os_name == 'it\"s'")]
    [InlineData("os_name == 'x\n--index-url http://evil'", null)]
    [InlineData("os_name == 'x\\'", null)]
    [InlineData("extra == 'x' and os_name == 'nt'", "extra == \"x\" and os_name == \"nt\"")]
    public void A_requirements_marker_is_written_again_or_left_out(string marker, string? expected) =>
        Assert.Equal(expected, Assert.Single(LockRows.Parse("requirements.txt", $"demo==1.0 ; {Folded(marker)}").Packages).Marker);

    [Fact]
    public void Extras_and_groups_that_are_chosen_leave_what_the_environment_decides()
    {
        Assert.Equal("sys_platform == \"win32\"", Marker("'x' in extras and sys_platform == 'win32'", LockSelection.All));
        Assert.Equal("sys_platform == \"win32\"", Marker("'x' in extras and sys_platform == 'win32'", new LockSelection([], ["x"])));
        Assert.Null(Marker("'x' in extras or sys_platform == 'win32'", LockSelection.All));
        Assert.Equal("sys_platform == \"win32\"", Marker("'x' in extras or sys_platform == 'win32'", new LockSelection([], [])));
        Assert.Equal(
            "os_name == \"nt\"",
            Marker("('dev' in dependency_groups or 'main' in dependency_groups) and os_name == 'nt'", new LockSelection([], []))
        );

        // What an installer would read as more than a marker is none.
        foreach (
            var hostile in new[]
            {
                "python_version > '3' --hash=sha256:$A",
                "python_version > '3'\\n--index-url https://evil/simple",
                "os_name == 'x' # comment",
                "os_name == 'x\\u0027 --hash=sha256:$A'",
                "os_name == 'x' ; os_name == 'y'",
                "os_name == '\u202e'",
                new string('(', 100) + "os_name == 'x'" + new string(')', 100),
            }
        )
            Assert.Null(Marker(hostile, LockSelection.All));

        static string? Marker(string marker, LockSelection selection) =>
            Assert
                .Single(
                    LockRows
                        .Parse(
                            "pylock.toml",
                            "lock-version = '1.0'\ncreated-by = 'x'\ndefault-groups = ['main']\n[[packages]]\nname = 'demo'\n"
                                + "version = '1'\n"
                                + $"marker = \"{marker}\"\nwheels = [{{name = 'd', hashes = {{sha256 = '$A'}}}}]\n",
                            selection
                        )
                        .Packages
                )
                .Marker;
    }

    [Fact]
    public void Poetry_has_a_marker_for_each_group()
    {
        const string Text =
            "[[package]]\nname = 'demo'\nversion = '1'\ngroups = ['main', 'dev']\n"
            + "markers = {main = \"os_name == 'nt'\", dev = \"python_version < '3.11'\"}\n[metadata]\nlock-version = '2.1'\n";
        Assert.Equal("os_name == \"nt\" or python_version < \"3.11\"", Marker(LockSelection.All));
        Assert.Equal("os_name == \"nt\"", Marker(new LockSelection([], [])));
        Assert.Null(
            Assert.Single(LockRows.Parse("poetry.lock", Text.Replace("main =", "docs =", StringComparison.Ordinal)).Packages).Marker
        );

        static string? Marker(LockSelection selection) => Assert.Single(LockRows.Parse("poetry.lock", Text, selection).Packages).Marker;
    }

    [Fact]
    public void The_edges_of_uv_add_up_over_every_way_from_the_project()
    {
        const string Text = """
            version = 1
            [[package]]
            name = "app"
            source = { virtual = "." }
            dependencies = [
                { name = "always" },
                { name = "windows", marker = "sys_platform == 'win32'" },
                { name = "fork", version = "1", marker = "python_version < '3.10'" },
                { name = "fork", version = "2", marker = "python_version >= '3.10'" },
                { name = "chosen", extra = ["fast"], marker = "extra == 'extra-3-app-cpu'" },
            ]
            [package.optional-dependencies]
            old = [{ name = "shared", marker = "python_version < '3.9'" }]
            [[package]]
            name = "always"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            dependencies = [{ name = "circle", marker = "os_name == 'posix'" }]
            [[package]]
            name = "circle"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            dependencies = [{ name = "always" }, { name = "shared" }]
            [[package]]
            name = "windows"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            dependencies = [{ name = "deep", marker = "python_version < '3.11'" }, { name = "shared" }]
            [[package]]
            name = "deep"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            [[package]]
            name = "shared"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            [[package]]
            name = "fork"
            version = "1"
            resolution-markers = ["python_full_version < '3.10'"]
            source = { registry = "https://pypi.org/simple" }
            [[package]]
            name = "fork"
            version = "2"
            source = { registry = "https://pypi.org/simple" }
            [[package]]
            name = "chosen"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            [package.optional-dependencies]
            fast = [{ name = "speed", marker = "platform_machine == 'x86_64'" }]
            [[package]]
            name = "speed"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            [[package]]
            name = "unreached"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            """;
        var markers = LockRows
            .Parse("uv.lock", Text)
            .Packages.ToDictionary(package => $"{package.Name.Value} {package.Version}", package => package.Marker);
        Assert.Null(markers["always 1"]);
        Assert.Equal("os_name == \"posix\"", markers["circle 1"]);
        Assert.Equal("sys_platform == \"win32\"", markers["windows 1"]);
        Assert.Equal("python_version < \"3.11\" and sys_platform == \"win32\"", markers["deep 1"]);
        Assert.Equal("os_name == \"posix\" or python_version < \"3.9\" or sys_platform == \"win32\"", markers["shared 1"]);
        Assert.Equal("python_full_version < \"3.10\" and python_version < \"3.10\"", markers["fork 1"]);
        Assert.Equal("python_version >= \"3.10\"", markers["fork 2"]);
        Assert.Null(markers["chosen 1"]);
        Assert.Equal("platform_machine == \"x86_64\"", markers["speed 1"]);
        Assert.Null(markers["unreached 1"]);

        // Without the extra, one way is gone.
        var chosen = LockRows
            .Parse("uv.lock", Text, new LockSelection([], []))
            .Packages.ToDictionary(package => package.Name.Value + package.Version, package => package.Marker);
        Assert.Equal("os_name == \"posix\" or sys_platform == \"win32\"", chosen["shared1"]);
        Assert.DoesNotContain("unreached1", chosen.Keys);
    }

    [Fact]
    public async Task Many_ways_to_one_package_end_in_everywhere_without_going_each()
    {
        // Each layer of forty packages needs all of the next one, each edge with a marker of its own.
        var text = new System.Text.StringBuilder(
            "version = 1\n[[package]]\nname = \"app\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"p0-0\" }]\n"
        );
        for (var layer = 0; layer < 12; layer++)
        {
            for (var i = 0; i < 20; i++)
            {
                text.Append(
                    $"[[package]]\nname = \"p{layer}-{i}\"\nversion = \"1\"\n"
                        + $"source = {{ registry = \"https://h/simple\" }}\ndependencies = ["
                );
                for (var j = 0; j < 20; j++)
                    text.Append($"{{ name = \"p{(layer + 1) % 12}-{j}\", marker = \"platform_version == '{layer}.{i}.{j}'\" }}, ");
                text.Append("]\n");
            }
        }

        await HangGuard.RunAsync(() =>
        {
            var packages = LockRows.Parse("uv.lock", text.ToString()).Packages;
            Assert.Equal(240, packages.Count);
            Assert.All(packages, package => Assert.True(package.Marker is null || package.Marker.Length < 10_000));
        });
    }

    // One logical line: what would end it is what the test is about only for the other forms.
    private static string Folded(string marker) => marker.Replace("\n", "\\n", StringComparison.Ordinal);
}
