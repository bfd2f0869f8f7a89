using System.Xml.Linq;
using Cake.PySign.Test;

namespace Cake.PySign.Tests.Test;

/// <summary>Where a test failed, as pytest and unittest say it.</summary>
public sealed class JunitFailureTests
{
    [Theory]
    [InlineData("def test_x():\n>       assert False\nE       assert False\n\ntests/test_x.py:12: AssertionError", "tests/test_x.py", 12)]
    [InlineData("tests/conftest.py:3: in helper\n    boom()\nsrc/demo/core.py:41: ValueError", "src/demo/core.py", 41)]
    [InlineData("/usr/lib/python3/x.py:7: Error", null, null)]
    [InlineData("Traceback (most recent call last):\n  File \"x.py\", line 3, in y", null, null)]
    [InlineData("", null, null)]
    public void The_innermost_place_of_the_project_is_taken(string text, string? file, int? line)
    {
        var failure = JunitReport.Failure(
            new XElement(
                "testcase",
                new XAttribute("classname", "tests.test_x"),
                new XAttribute("name", "test_x"),
                new XElement("failure", new XAttribute("message", "assert False"), text)
            )
        );
        Assert.Equal((file, line), (failure!.SourceFile, failure.Line));
    }
}
