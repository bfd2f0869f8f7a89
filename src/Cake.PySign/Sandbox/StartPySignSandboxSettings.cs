using Cake.Core.IO;

namespace Cake.PySign.Sandbox;

/// <summary>How the sandbox is started. Everything has a working default.</summary>
public sealed class StartPySignSandboxSettings
{
    /// <summary>The sandbox program.</summary>
    /// <value>The path of <c>PySign.Sandbox.dll</c>; default: the variable <c>PYSIGN_SANDBOX</c>, then the copy that comes with this
    /// package.</value>
    public FilePath? Program { get; set; }

    /// <summary>Where the sandbox writes its trusted root, signing configs and keys.</summary>
    /// <value>A folder that outlives the sandbox; default: a temporary one that goes with it.</value>
    public DirectoryPath? StateDirectory { get; set; }

    /// <summary>The port on 127.0.0.1.</summary>
    /// <value>0 (default) takes a free one.</value>
    public int Port { get; set; }

    /// <summary>Whether the sandbox behaves like a private instance of Sigstore as it is usually installed, instead of like the public
    /// one.</summary>
    /// <value>Default <see langword="false"/>. The log calls itself its pod's name, the trusted root has no addresses, as cosign 2
    /// writes it, there is no timestamp authority, and certificates of a GitLab call its server gitlab.com, as Fulcio's own rules
    /// do.</value>
    public bool PrivateInstance { get; set; }

    /// <summary>Whether the log of version 1 signs with an RSA key, as one does whose key lies in an older hardware module.</summary>
    /// <value>Default <see langword="false"/>: it signs with ECDSA on P-256.</value>
    public bool RsaLog { get; set; }

    /// <summary>How long the start may take.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
