namespace Cake.PySign.Recipe;

/// <summary>Whether a release does something that not every index knows.</summary>
public enum ReleaseChoice
{
    /// <summary>Where the index knows it: PyPI and TestPyPI.</summary>
    Auto,

    /// <summary>Whatever the index.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}
