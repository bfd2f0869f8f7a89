using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Rig;

/// <summary>Where eng/peers.sh puts real programs: the folder that PYSIGN_PEERS names, else .tools/peers/bin of the repository.</summary>
internal static class PeerPrograms
{
    public static string Folder =>
        Environment.GetEnvironmentVariable("PYSIGN_PEERS") is { Length: > 0 } named
            ? named
            : IoPath.Combine(RepositoryRoot.Path, ".tools", "peers", "bin");

    /// <summary>The program, from that folder or of the system.</summary>
    public static string Require(string name, string system)
    {
        var path = new[] { IoPath.Combine(Folder, name), system }.FirstOrDefault(File.Exists);
        if (path is null)
        {
            Assert.Skip($"NOT RUN: the real {name} is absent ({Folder}, {system}); eng/peers.sh brings it.");
        }

        return path;
    }

    /// <summary>Lets the rig's Python use the twine that is <c>installed</c> for it, or one of those beside the programs.</summary>
    public static void UseTwine(CakeRig rig, string twine)
    {
        SystemPython.Require("twine.__main__");
        if (twine == "installed")
        {
            return;
        }

        var folder = IoPath.GetFullPath(IoPath.Combine(Folder, "..", "python", twine));
        if (!Directory.Exists(folder))
        {
            Assert.Skip($"NOT RUN: {twine} is absent ({folder}); eng/peers.sh brings it.");
        }

        rig.Environment.Variables["PYTHONPATH"] = folder;
    }
}
