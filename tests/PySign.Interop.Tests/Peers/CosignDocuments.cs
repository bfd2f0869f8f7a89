namespace PySign.Interop.Tests.Peers;

/// <summary>The trusted root and the signing config of a private instance, as cosign makes them by the commands of
/// docs/private-sigstore.md.</summary>
internal static class CosignDocuments
{
    private const string Since = "start-time=2024-01-01T00:00:00Z";

    public static async Task<(string Root, string Config)> By3(RunningSandbox sandbox)
    {
        var (services, state) = (Services(sandbox), State(sandbox));
        var root = New(state);
        (
            await Peer.Cosign3.Run([
                "trusted-root",
                "create",
                $"--fulcio=url={services},certificate-chain={state}/fulcio.pem,{Since}",
                $"--rekor=url={services},public-key={state}/rekor.pub,{Since}",
                $"--ctfe=url={services},public-key={state}/ctfe.pub,{Since}",
                "--out",
                root,
            ])
        ).MustSucceed();
        var config = New(state);
        (
            await Peer.Cosign3.Run([
                "signing-config",
                "create",
                $"--fulcio=url={services},api-version=1,{Since},operator=acme.example",
                $"--rekor=url={services},api-version=1,{Since},operator=acme.example",
                "--rekor-config=ANY",
                "--out",
                config,
            ])
        ).MustSucceed();
        return (root, config);
    }

    public static async Task<string> RootBy2(RunningSandbox sandbox)
    {
        var state = State(sandbox);
        var root = New(state);
        (
            await Peer.Cosign2.Run([
                "trusted-root",
                "create",
                $"--certificate-chain={state}/fulcio.pem",
                $"--rekor-key={state}/rekor.pub",
                $"--ctfe-key={state}/ctfe.pub",
                "--out",
                root,
            ])
        ).MustSucceed();
        return root;
    }

    private static string Services(RunningSandbox sandbox) => sandbox.Sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/');

    private static string State(RunningSandbox sandbox) => Path.GetDirectoryName(sandbox.TrustedRoot)!;

    private static string New(string folder) => Path.Combine(folder, $"{Guid.NewGuid():N}.json");
}
