namespace Cake.PySign.Recipe;

/// <summary>What <c>PySign-Build</c> builds; the rest of a release may come from other jobs.</summary>
public enum ReleaseBuild
{
    /// <summary>Wheel and sdist; only the sdist where wheels are imported.</summary>
    Auto,

    /// <summary>Wheel and sdist.</summary>
    All,

    /// <summary>The sdist.</summary>
    Sdist,

    /// <summary>The wheel.</summary>
    Wheel,

    /// <summary>Nothing: everything is imported.</summary>
    None,
}
