using System.Buffers.Text;
using System.Text.Json;

namespace PySign.Benchmarks;

/// <summary>The stages of a release as a careful shell script: one cosign for each signature and verification, twine, curl.</summary>
internal static class ReleaseShell
{
    private static string Cosign => Path.Combine(Environment.GetEnvironmentVariable("PYSIGN_PEERS") ?? ".tools/peers/bin", "cosign-3");

    /// <summary>Why it cannot run here, or null.</summary>
    public static string? Missing => ShellLoop.Missing(Path.GetFullPath(Cosign));

    /// <summary>Whom the sandbox's certificate names for a token.</summary>
    public static (string Identity, string Issuer) SignerOf(string token)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
        string Claim(string name) => claims.RootElement.GetProperty(name).GetString()!;
        return ($"https://{Claim("ci_config_ref_uri")}", Claim("iss"));
    }

    /// <summary>How long one stage takes. The script's secrets lie in files that are the owner's alone.</summary>
    public static TimeSpan Measure(ReleaseRound round, string stage)
    {
        var name = stage.EndsWith("-checked", StringComparison.Ordinal) ? "checked" : "script";
        var folder = Directory.CreateDirectory(Path.Combine(round.Work, name)).FullName;
        string At(string name) => Path.Combine(folder, name);
        File.WriteAllText(At("token"), round.IdentityToken);
        File.WriteAllText(At("headers"), $"JOB-TOKEN: {round.JobToken}\n");
        File.WriteAllText(
            At("pypirc"),
            $"[distutils]\nindex-servers = sandbox\n[sandbox]\nrepository = {round.Packages}/pypi\nusername = gitlab-ci-token\n"
                + $"password = {round.JobToken}\n"
        );
        File.WriteAllText(At("release.sh"), Script(round));
        return Child.Measure("/bin/bash", At("release.sh"), stage, folder).Wall;
    }

    private static string Script(ReleaseRound round)
    {
        var (identity, issuer) = SignerOf(round.IdentityToken);
        return $$"""
            set -euo pipefail
            cd '{{round.Dist}}'
            work=$2
            verify() {
              '{{Path.GetFullPath(Cosign)}}' verify-blob --bundle "$work/$(basename "$1").bundle" --trusted-root '{{round.TrustedRoot}}' \
                --certificate-identity '{{identity}}' --certificate-oidc-issuer '{{issuer}}' "$1"
            }
            headers="@$work/headers"
            generic='{{round.Packages}}'/generic/loop/1.0
            fetch() { curl --silent --show-error --fail --header "$headers" "$1"; }
            sum() { sha256sum | cut -d' ' -f1; }
            sign() {
              '{{Path.GetFullPath(Cosign)}}' sign-blob --yes --identity-token "$work/token" --signing-config '{{round.SigningConfig}}' \
                --trusted-root '{{round.TrustedRoot}}' --bundle "$work/$1.bundle" "$1"
            }
            put() { curl --silent --show-error --fail --header "$headers" --upload-file "$work/$1.bundle" "$generic/$1.bundle"; }
            upload() {
              '{{ShellLoop.Python}}' -m twine upload --non-interactive --disable-progress-bar \
                --config-file "$work/pypirc" -r sandbox "$@"
            }
            absent() { [ "$(curl --silent --output /dev/null --write-out '%{http_code}' --header "$headers" "$1")" = 404 ]; }
            same() { [ "$(fetch "$1" | sum)" = "$(sum < "$2")" ]; }
            consume() {
              mkdir -p "$work/got"
              for f in *.whl; do
                curl --silent --show-error --fail --header "$headers" -o "$work/got/$f" '{{round.Packages}}'/pypi/files/$(sum < "$f")/"$f"
                fetch "$generic/$f.bundle" > "$work/$f.bundle"
                verify "$work/got/$f"
              done
            }
            case $1 in
              sign | sign-checked) for f in *.whl; do sign "$f"; done ;;
              verify | verify-checked) for f in *.whl; do verify "$f"; done ;;
              signatures) for f in *.whl; do put "$f"; done ;;
              signatures-checked)
                for f in *.whl; do verify "$f"; absent "$generic/$f.bundle"; done
                for f in *.whl; do put "$f"; same "$generic/$f.bundle" "$work/$f.bundle"; done ;;
              publish) upload *.whl ;;
              publish-checked)
                mkdir "$work/send"; cp *.whl "$work/send"
                for f in *.whl; do
                  verify "$work/send/$f"
                  same "$generic/$f.bundle" "$work/$f.bundle"
                  absent '{{round.Packages}}'/pypi/files/$(sum < "$f")/"$f"
                done
                upload "$work"/send/*.whl
                for f in *.whl; do same '{{round.Packages}}'/pypi/files/$(sum < "$f")/"$f" "$f"; done ;;
              consume | consume-checked) consume ;;
            esac
            """;
    }
}
