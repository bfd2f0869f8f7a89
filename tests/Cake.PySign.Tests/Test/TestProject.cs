using System.IO.Compression;
using System.Text;
using Cake.Core.IO;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Test;

/// <summary>A project with sources, tests and a wheel, whose sources differ from the wheel: whoever imports them is found out.</summary>
internal sealed class TestProject(TemporaryFolder folder)
{
    public DirectoryPath Path => folder.Folder("project");

    public TestProject Test(string name, string text)
    {
        folder.Write($"project/{name}", text);
        return this;
    }

    /// <summary>Writes sources and wheel of the module <c>demo</c>.</summary>
    public TestProject Wheel(string tag = "py3-none-any", string? requiresPython = null, string? requires = null, bool package = false)
    {
        var module = package ? "demo/__init__.py" : "demo.py";
        folder.Write($"project/{module}", "def where():\n    return 'source'\n");
        var metadata =
            "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
            + (requiresPython is null ? "" : $"Requires-Python: {requiresPython}\n")
            + (requires is null ? "" : $"Requires-Dist: {requires}\n");
        var entries = new List<(string Name, string Text)>
        {
            (module, "def where():\n    return 'wheel'\n"),
            ("demo-1.0.dist-info/METADATA", metadata),
            ("demo-1.0.dist-info/WHEEL", $"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"),
        };
        var record = string.Concat(entries.Select(entry => RecordLine.Of(entry.Name, entry.Text) + "\n"));
        entries.Add(("demo-1.0.dist-info/RECORD", record + "demo-1.0.dist-info/RECORD,,\n"));
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open(), new UTF8Encoding(false));
                writer.Write(text);
            }
        }

        folder.Write($"project/dist/demo-1.0-{tag}.whl", stream.ToArray());
        return this;
    }

    /// <summary>A unittest module with the given body lines of one test case.</summary>
    public TestProject Case(string name, params string[] methods) =>
        Test(
            name,
            "import os, sys, unittest\nimport demo\n\nclass DemoTest(unittest.TestCase):\n"
                + string.Concat(methods.SelectMany(method => method.Split('\n')).Select(line => $"    {line}\n"))
        );
}
