using System.Text;
using PySign.Packaging.Projects;
using PySign.Packaging.Sources;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Projects;

/// <summary>Whatever a project's files hold, a version is given, refused or left to a variable; nothing else happens to them.</summary>
public sealed class InjectionFuzzTests : IDisposable
{
    private const string SetupPy = """
        # -*- coding: utf-8 -*-
        from setuptools import setup
        VERSION: str = '1.0'  # "quoted"
        def f():
            VERSION = r"\" 2"
        setup(name='x', version=VERSION, long_description='''a "b" \''' c''', **{'z': [1, (2,)]})
        """;

    private const string SetupCfg =
        "[metadata]\nname = x\nversion = 1.0\n  \n[options]\npackage_dir =\n    = src\n; c\n[egg_info]\ntag_build =\n";

    private const string PyProjectToml =
        "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nname = 'x'\ndynamic = "
        + "['version']\n[tool.hatch.version]\npath = 'v.py'\npattern = '^V = .(?P<version>[0-9.]+).'\n";

    private static readonly string[] _pieces =
    [
        "'",
        "\"",
        "'''",
        "\\",
        "\n",
        "\r\n",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "#",
        ";",
        "=",
        ":",
        ",",
        "**",
        "import ",
        "from x import VERSION",
        "def ",
        "\t",
        " ",
        "\0",
        "é",
        "version",
        "setup(",
        "f'",
        "..",
        "/",
        "$(",
        "?P<version>",
    ];

    private readonly ProjectFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mutated_projects_are_edited_in_one_place_or_refused()
    {
        var random = new Random(20260102);
        var (edited, refused) = (0, 0);
        for (var round = 0; round < 1_500; round++)
        {
            foreach (var file in Directory.GetFiles(_folder.Path))
                File.Delete(file);
            string[] files = (round % 3) switch
            {
                0 => ["setup.py|" + Mutate(SetupPy, random)],
                1 => ["setup.py|from setuptools import setup\nsetup()\n", "setup.cfg|" + Mutate(SetupCfg, random)],
                _ => ["pyproject.toml|" + Mutate(PyProjectToml, random), "v.py|" + Mutate("V = '1.0'\n", random)],
            };
            _folder.Write(files);
            var before = _folder.Snapshot();
            try
            {
                var injection = VersionInjection.Find(_folder.Path, PythonVersion.Parse("2.0"));
                Assert.Equal(before, _folder.Snapshot());
                if (injection.Refusal is null)
                    injection.WriteTo(_folder.Path);
                _ = injection.Refusal is null ? edited++ : refused++;

                // Never more than the one value: the file is the old one with 2.0 in its place.
                foreach (var (path, text) in before)
                {
                    var after = _folder.Snapshot()[path];
                    if (after != text)
                        Assert.Equal(text, RestoreAt(after, text, injection.Found!));
                }
            }
            catch (Exception e) when (e is PackagingException or TomlException)
            {
                refused++;
            }
        }

        Assert.True(edited > 150 && refused > 150, $"{edited} edited, {refused} refused");
    }

    [Theory]
    [InlineData("(")]
    [InlineData("'''\n")]
    [InlineData("def f():\n ")]
    [InlineData("x = \\\n")]
    [InlineData("setup(version='1',")]
    [InlineData("from a import b; ")]
    public void Endless_source_is_read_in_reasonable_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 200_000));
        var script = SetupScript.Read(text);
        Assert.True(script is null || !script.HasSpread);
    }

    // Takes 2.0 out at the one place where both texts part, and puts the old value back.
    private static string RestoreAt(string after, string before, string found)
    {
        for (var at = after.IndexOf("2.0", StringComparison.Ordinal); at >= 0; at = after.IndexOf("2.0", at + 1, StringComparison.Ordinal))
        {
            var restored = after[..at] + found + after[(at + 3)..];
            if (restored == before)
                return restored;
        }

        return after;
    }

    private static string Mutate(string source, Random random)
    {
        var text = new StringBuilder(source);
        for (var count = random.Next(0, 3); count > 0; count--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, _pieces[random.Next(_pieces.Length)]);
                    break;
                default:
                    text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 30), text.Length - at)));
                    break;
            }

            if (text.Length == 0)
                text.Append('x');
        }

        return text.ToString();
    }
}
