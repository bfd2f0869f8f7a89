using Cake.Core.IO;

namespace Cake.PySign.Tests.Rig;

/// <summary>Programs that sign with a key which only they can read, as they stand before hardware modules and key services.</summary>
internal static class SignerPrograms
{
    /// <summary>
    /// A program in Python that has OpenSSL sign: its first argument is the key, whose password it finds in MODULE_PIN. It wraps its answer
    /// as the base64 program does, and talks on standard error.
    /// </summary>
    public static FilePath OpenSsl(TemporaryFolder folder) =>
        folder.Write(
            "module/sign.py",
            """
            import base64, json, os, subprocess, sys

            asked = json.loads(sys.stdin.readline())
            assert asked["version"] == 1, asked
            os.environ.setdefault("MODULE_PIN", "")
            print("signing with", asked["algorithm"], file=sys.stderr)
            signature = subprocess.run(
                ["openssl", "pkeyutl", "-sign", "-inkey", sys.argv[1], "-passin", "env:MODULE_PIN", "-pkeyopt", "digest:" + asked["hash"]]
                + sys.argv[2:],
                input=base64.b64decode(asked["digest"]),
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
            sys.stdout.write(base64.encodebytes(signature).decode())
            """
        );
}
