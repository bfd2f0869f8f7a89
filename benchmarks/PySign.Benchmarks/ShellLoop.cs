namespace PySign.Benchmarks;

/// <summary>What a careful shell script does with the same files: for each one curl up, curl back, sha256sum and cosign.</summary>
internal static class ShellLoop
{
    /// <summary>The Python that has twine: the same for the script and for what it is compared with.</summary>
    public static string Python => Environment.GetEnvironmentVariable("PYSIGN_PYTHON") ?? "/usr/bin/python3";

    /// <summary>Why it cannot run here, or null.</summary>
    public static string? Missing(string cosign) =>
        File.Exists(cosign) && File.Exists("/usr/bin/curl") && File.Exists("/bin/bash")
            ? null
            : $"needs bash, curl and {cosign} (PYSIGN_PEERS)";

    /// <summary>Runs the loop over the first so many wheels.</summary>
    public static TimeSpan Measure(SignedWheels wheels, int count, Uri registry, string trustedRoot, string cosign, string token)
    {
        var work = Directory.CreateTempSubdirectory("pysign-loop-");
        try
        {
            string At(string name) => Path.Combine(work.FullName, name);

            // From a file, as a script should have it: arguments are public on the machine. CreateTempSubdirectory is the owner's alone.
            File.WriteAllText(At("headers"), $"JOB-TOKEN: {token}\n");
            File.WriteAllText(
                At("loop.sh"),
                $"""
                set -euo pipefail
                cd '{work.FullName}'
                for name in {string.Join(
                    ' ',
                    Directory.EnumerateFiles(wheels.Folder, "*.whl").Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(count)
                )}; do
                  for part in "$name" "$name.sigstore.json"; do
                    curl --silent --show-error --fail --header @headers \
                      --upload-file "{wheels.Folder}/$part" "{registry.AbsoluteUri}/generic/loop/1.0/$part"
                    curl --silent --show-error --fail -O "{registry.AbsoluteUri}/generic/loop/1.0/$part"
                    [ "$(sha256sum < "$part")" = "$(sha256sum < "{wheels.Folder}/$part")" ]
                  done
                  '{cosign}' verify-blob --bundle "$name.sigstore.json" --new-bundle-format --trusted-root '{trustedRoot}' \
                    --certificate-identity '{wheels.Identity}' --certificate-oidc-issuer '{wheels.Issuer}' "$name"
                done
                """
            );
            return Child.Measure("/bin/bash", At("loop.sh")).Wall;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }
}
