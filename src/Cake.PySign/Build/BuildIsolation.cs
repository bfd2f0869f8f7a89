namespace Cake.PySign.Build;

/// <summary>Where the build back end and its requirements come from.</summary>
public enum BuildIsolation
{
    /// <summary>No isolation when every build requirement is already satisfied by the interpreter, isolation otherwise.</summary>
    Auto,

    /// <summary>A fresh environment for each build; the requirements are installed with pip (network, or pip's own
    /// configuration).</summary>
    Isolated,

    /// <summary>The interpreter's own packages; a missing requirement stops the build.</summary>
    None,
}
