using System.Text.Json;
using Cake.Core.IO;

namespace Cake.PySign.Sandbox;

/// <summary>The document that the sandbox writes when it listens. It holds tokens, so it is read once and deleted.</summary>
internal sealed record ReadyFile(PySignSandboxInfo Info, string JobToken, string ControlToken)
{
    public static ReadyFile Take(FilePath path)
    {
        var bytes = File.ReadAllBytes(path.FullPath);
        File.Delete(path.FullPath);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var gitLab = root.GetProperty("gitlab");
            return new ReadyFile(
                new PySignSandboxInfo
                {
                    BaseUrl = Address(root, "baseUrl"),
                    TrustedRoot = Text(root, "trustedRoot"),
                    SigningConfig = Text(root, "signingConfig"),
                    SigningConfigRekorV2 = Text(root, "signingConfigRekorV2"),
                    SigningConfigRekorV2Ecdsa = root.TryGetProperty("signingConfigRekorV2Ecdsa", out var ecdsa) ? ecdsa.GetString() : null,
                    TufMirror = Address(root.GetProperty("tuf"), "mirror"),
                    TufRoot = Text(root.GetProperty("tuf"), "root"),
                    FulcioRoot = Text(root, "fulcioRoot"),
                    CtPublicKey = Text(root, "ctPublicKey"),
                    RekorPublicKey = Text(root, "rekorPublicKey"),
                    TsaChain = Text(root, "tsaChain"),
                    GitLab = new PySignSandboxGitLab
                    {
                        ServerUrl = Address(gitLab, "serverUrl"),
                        ApiUrl = Address(gitLab, "apiUrl"),
                        ProjectId = gitLab.GetProperty("projectId").GetInt64(),
                        ProjectPath = Text(gitLab, "projectPath"),
                    },
                },
                Text(gitLab, "jobToken"),
                Text(root, "controlToken")
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new PySignException(
                PySignFailure.SandboxFailed,
                $"The sandbox's ready file cannot be read: {e.Message}",
                "The sandbox and the addin must be of the same version.",
                e
            );
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new InvalidOperationException($"{name} is null");

    private static Uri Address(JsonElement element, string name)
    {
        var uri = new Uri(Text(element, name));
        return uri.IsLoopback ? uri : throw new InvalidOperationException($"{name} is not on loopback");
    }
}
