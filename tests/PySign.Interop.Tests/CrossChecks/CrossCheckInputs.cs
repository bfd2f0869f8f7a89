using System.Text.Json.Nodes;
using PySign.Interop.Tests.Peers;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Tests.Verification;

namespace PySign.Interop.Tests.CrossChecks;

/// <summary>One input of the cross-check, and whether it must be accepted.</summary>
internal sealed record CrossCheckInput(VerificationCase Question, bool MustPass);

/// <summary>The official cases, and our own attacks, each as the files that any verifier can be given.</summary>
internal static class CrossCheckInputs
{
    /// <summary>Good bundles of the forge: they show that what stops an attack is the one fact that it changes.</summary>
    private static readonly (string Name, Action<Forge> Change)[] _good =
    [
        ("nothing changed", static _ => { }),
        ("nothing changed, no timestamp", static forge => forge.Timestamp = null),
        ("nothing changed, Rekor v2", static forge => forge.RekorV2 = true),
        (
            "nothing changed, statement in Rekor v2",
            static forge =>
            {
                forge.RekorV2 = true;
                forge.Statement = new DsseText(Attacks.Statement(Attacks.Hex(forge)));
            }
        ),
    ];

    public static IEnumerable<CrossCheckInput> Official() =>
        ConformanceCase
            .AllNames()
            .Select(static name =>
            {
                var conformance = ConformanceCase.Of(name);
                return new CrossCheckInput(
                    new VerificationCase(
                        name,
                        conformance.BundlePath,
                        conformance.TrustedRootPath,
                        conformance.ArtifactPath,
                        conformance.Identity,
                        conformance.Issuer
                    )
                    {
                        Key = conformance.KeyPath,
                    },
                    MustPass: !name.EndsWith("_fail", StringComparison.Ordinal)
                );
            });

    /// <param name="folder">Where the files of each forged case are written.</param>
    public static IEnumerable<CrossCheckInput> Forged(string folder) =>
        [
            .. _good.Select(good => Write(folder, good.Name, good.Change, mustPass: true)),
            .. Attacks.All.Select(attack => Write(folder, attack.Name, attack.Change, mustPass: false)),
        ];

    private static CrossCheckInput Write(string folder, string name, Action<Forge> change, bool mustPass)
    {
        var forge = new Forge();
        change(forge);
        var root = forge.TrustedRootJson();
        forge.EditTrustedRoot(root);
        var bundle = forge.BundleJson();
        forge.EditBundle(bundle);

        var own = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
        string Put(string file, byte[] content)
        {
            var path = Path.Combine(own, file);
            File.WriteAllBytes(path, content);
            return path;
        }

        byte[] Json(JsonNode node) => System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());
        return new CrossCheckInput(
            new VerificationCase(
                name,
                Put("bundle.sigstore.json", Json(bundle)),
                Put("trusted_root.json", Json(root)),
                Put("artifact", forge.Artifact),
                Forge.Identity,
                Forge.Issuer
            ),
            mustPass
        );
    }
}
