using System.Text.Json;
using Cake.PySign.Build;

namespace Cake.PySign.Tests.Build;

public sealed class BuildVariablesTests
{
    /// <summary>Back ends split CFLAGS in two ways; for both, the folder is one word whatever its name is.</summary>
    [Fact]
    public void A_temporary_folder_of_any_name_is_one_word_of_a_compilers_flags()
    {
        SystemPython.Require("setuptools");
        string[] folders = ["/tmp/plain", "/tmp/with blank", "/tmp/it's", "/tmp/a \"quoted\" one's", "/tmp/back\\slash", "/tmp/tab\there"];
        const string Script =
            "import json, shlex, sys\nfrom setuptools._distutils.util import split_quoted\n"
            + "print(json.dumps([[split_quoted('-O2 ' + a), shlex.split('-O2 ' + a)] for a in json.loads(sys.argv[1])]))";
        var flags = JsonSerializer.Serialize(folders.Select(folder => BuildVariables.Quoted($"-ffile-prefix-map={folder}=.")));
        var answer = JsonSerializer.Deserialize<string[][][]>(ProgramRun.Successful(SystemPython.Path, ["-c", Script, flags]))!;
        Assert.All(
            answer.Zip(folders),
            one => Assert.All(one.First, split => Assert.Equal(["-O2", $"-ffile-prefix-map={one.Second}=."], split))
        );
    }
}
