namespace Cake.PySign.Test;

/// <summary>What runs the tests.</summary>
public enum TestFramework
{
    /// <summary>pytest where the project's files ask for it or its requirements bring it, else unittest.</summary>
    Auto,

    /// <summary>The standard library's unittest, with this addin's own JUnit writer.</summary>
    Unittest,

    /// <summary>pytest, which is installed beside the wheel.</summary>
    Pytest,
}
