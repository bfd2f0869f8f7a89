namespace Cake.PySign.Publish;

/// <summary>What a registry serves under the name of a file, by the digest of the bytes themselves.</summary>
public enum PlannedState
{
    /// <summary>Nothing: the file will be sent.</summary>
    Absent,

    /// <summary>The same bytes: nothing is left to do.</summary>
    Identical,

    /// <summary>Other bytes: nothing at all will be sent.</summary>
    Different,

    /// <summary>This file, and later another over it, which a registry that takes duplicates now serves: this one came first and will be
    /// put on top.</summary>
    Shadowed,
}
