using System.Text.Json.Nodes;
using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Hosting;

/// <summary>What a starter needs to know: addresses, files and the tokens of the rehearsal.</summary>
internal static class ReadyDocument
{
    public static JsonObject Create(SandboxServices services)
    {
        string File(string name) => Path.Combine(services.StateDirectory, name);
        return new JsonObject
        {
            ["baseUrl"] = services.BaseUrl,
            ["pid"] = Environment.ProcessId,
            ["controlToken"] = services.ControlToken,
            ["stateDirectory"] = services.StateDirectory,
            ["trustedRoot"] = File("trusted_root.json"),
            ["signingConfig"] = File("signing_config.json"),
            ["signingConfigRekorV2"] = File("signing_config.rekor_v2.json"),
            ["signingConfigRekorV2Ecdsa"] = File("signing_config.rekor_v2_ecdsa.json"),
            ["signingConfigBoth"] = File("signing_config.both.json"),
            ["fulcioRoot"] = File("fulcio.pem"),
            ["ctPublicKey"] = File("ctfe.pub"),
            ["rekorPublicKey"] = File("rekor.pub"),
            ["tsaChain"] = File("tsa.pem"),
            ["tuf"] = new JsonObject { ["mirror"] = $"{services.BaseUrl}{TufRoutes.Root}/", ["root"] = File("tuf_root.json") },
            ["gitlab"] = new JsonObject
            {
                ["serverUrl"] = services.BaseUrl,
                ["apiUrl"] = $"{services.BaseUrl}/api/v4",
                ["projectId"] = SandboxServices.HomeProjectId,
                ["projectPath"] = SandboxServices.HomeProjectPath,
                ["jobToken"] = services.JobToken,
            },
            ["github"] = new JsonObject
            {
                ["issuer"] = $"{services.BaseUrl}/github-oidc",
                ["requestUrl"] = $"{services.BaseUrl}/_sandbox/github/id-token?api-version=2.0",
                ["requestToken"] = services.GitHubRequestToken,
            },
        };
    }
}
