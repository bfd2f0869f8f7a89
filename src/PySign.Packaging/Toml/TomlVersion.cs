using System.Diagnostics.CodeAnalysis;

namespace PySign.Packaging.Toml;

/// <summary>The versions of TOML that can be read. 1.1 takes everything that 1.0 takes.</summary>
[SuppressMessage(
    "Naming",
    "CA1707:Identifiers should not contain underscores",
    Justification = "The underscore stands for the point of the version's number."
)]
public enum TomlVersion
{
    /// <summary>TOML 1.0.0, which a pyproject.toml is written in.</summary>
    V1_0,

    /// <summary>TOML 1.1.0.</summary>
    V1_1,
}
