using Cake.PySign.Common;
using static Cake.PySign.Recipe.NotesText;

namespace Cake.PySign.Recipe.Report;

/// <summary>The commands that verify a release's first file; <c>pysign-verify.md</c> has all of them.</summary>
internal static class ReleaseCommands
{
    public static IEnumerable<string> Of(ReleaseFacts facts)
    {
        if (facts.Signer is not { } signer || facts.Files.FirstOrDefault(file => file.SignatureFiles.Count > 0) is not { } file)
        {
            return [];
        }

        // A ledger that somebody edited must not stop a report.
        if (!new[] { signer.Identity, signer.Issuer, file.Name }.Concat(file.SignatureFiles.Select(part => part.Name)).All(IsPlain))
        {
            return ["# none: a name holds characters that are not seen"];
        }

        var who =
            signer.Identity.Length > 0
                ? $"--certificate-identity {Shell(signer.Identity)} --certificate-oidc-issuer {Shell(signer.Issuer)}"
                : "--key cosign.pub";
        List<string> commands = [$"cosign verify-blob --bundle {Shell(file.SignatureFiles[0].Name)} {who} {Shell(file.Name)}"];
        if (
            file.SignatureFiles.FirstOrDefault(part => part.Name.EndsWith(SignatureNames.Provenance, StringComparison.Ordinal)) is
            { } provenance
        )
        {
            commands.Add(
                $"cosign verify-blob-attestation --type slsaprovenance1 --bundle {Shell(provenance.Name)} {who} {Shell(file.Name)}"
            );
        }

        return commands;
    }
}
