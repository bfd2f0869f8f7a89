using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Hosting;

/// <summary>Writes what the ready document points at.</summary>
internal static class MaterialFiles
{
    public static void Write(SandboxServices services)
    {
        void Put(string name, string content) => WriteAtomically(Path.Combine(services.StateDirectory, name), content, secret: false);
        Put("trusted_root.json", services.TrustedRootJson());
        Put("signing_config.json", services.SigningConfigJson(SigningConfigKind.RekorV1));
        Put("signing_config.rekor_v2.json", services.SigningConfigJson(SigningConfigKind.RekorV2));
        Put("signing_config.rekor_v2_ecdsa.json", services.SigningConfigJson(SigningConfigKind.RekorV2Ecdsa));
        Put("signing_config.both.json", services.SigningConfigJson(SigningConfigKind.Both));
        Put("tuf_root.json", services.TufRootJson());
        Put("fulcio.pem", services.Fulcio.ChainPem);
        Put("ctfe.pub", services.CtLog.PublicKeyPem);
        Put("rekor.pub", services.RekorV1.Signer.PublicKeyPem);
        Put("tsa.pem", services.Timestamps.ChainPem);
    }

    /// <summary>A reader sees the whole file or none; a secret one only its owner can read.</summary>
    public static void WriteAtomically(string path, string content, bool secret)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(content);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
