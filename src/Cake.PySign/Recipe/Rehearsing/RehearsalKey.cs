using System.Security.Cryptography;
using Cake.Core.IO;
using Cake.PySign.Common;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>A key that lives as long as the rehearsal, and signs where the real one would: that one is not for trying out.</summary>
/// <param name="PrivateKey">The private key, readable by this user alone.</param>
/// <param name="PublicKey">Its public key.</param>
internal sealed record RehearsalKey(FilePath PrivateKey, FilePath PublicKey)
{
    public static RehearsalKey Make(DirectoryPath folder)
    {
        OutputPath.Make(folder);
        var made = new RehearsalKey(folder.CombineWithFilePath("rehearsal.key"), folder.CombineWithFilePath("rehearsal.pub"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(made.PrivateKey.FullPath, options))
        {
            writer.Write(key.ExportPkcs8PrivateKeyPem());
        }

        AtomicFile.Write(made.PublicKey, key.ExportSubjectPublicKeyInfoPem());
        return made;
    }
}
