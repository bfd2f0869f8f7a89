namespace Cake.PySign.Recipe;

/// <summary>Whether a release runs the project's tests, and what happens where it cannot.</summary>
public enum ReleaseTests
{
    /// <summary>They run and must pass. Where there are none, or what they require cannot be had, a warning says so and the ledger keeps
    /// it.</summary>
    Auto,

    /// <summary>They run and must pass; without tests, or without what they require, there is no release.</summary>
    Required,

    /// <summary>They do not run.</summary>
    Off,
}
