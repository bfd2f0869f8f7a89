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

/// <summary>Whether a release runs the project's tests, and what happens where it cannot.</summary>
public enum ReleaseTests
{
    /// <summary>They run and must pass. Where there are none, or what they require cannot be obtained, a warning says so and the
    /// ledger keeps it.</summary>
    Auto,

    /// <summary>They run and must pass; without tests, or without what they require, there is no release.</summary>
    Required,

    /// <summary>They do not run.</summary>
    Off,
}
