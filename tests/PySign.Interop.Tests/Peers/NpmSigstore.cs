namespace PySign.Interop.Tests.Peers;

/// <summary>
/// npm's sigstore packages, in the folder npm beside the peers' bin, where eng/peers.sh installs them; driven by the scripts in Peers/Npm.
/// </summary>
internal sealed class NpmSigstore
{
    private readonly string _packages;

    private NpmSigstore(string packages) => _packages = packages;

    public static NpmSigstore Require()
    {
        var packages = Path.Combine(Peer.Folder, "..", "npm");
        if (!Directory.Exists(Path.Combine(packages, "node_modules", "@sigstore", "verify")))
        {
            Assert.Skip($"NOT RUN: npm's sigstore is absent ({packages}); eng/peers.sh brings it where npm is.");
        }

        return new NpmSigstore(Path.GetFullPath(packages));
    }

    /// <summary>Runs one of our scripts in node; it finds the packages through its first argument.</summary>
    public Task<PeerResult> Run(string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Peer.RunProgram(
            "node",
            [Path.Combine(RepositoryRoot.Path, "tests", "PySign.Interop.Tests", "Peers", "Npm", script), _packages, .. arguments],
            environment
        );
}
