namespace Cake.PySign.Build;

/// <summary>What installs the build requirements of an isolated build.</summary>
public enum BuildInstaller
{
    /// <summary>pip.</summary>
    Pip,

    /// <summary>uv; it must be installed beside the build module, whose version must be 1.2 or newer.</summary>
    Uv,
}
