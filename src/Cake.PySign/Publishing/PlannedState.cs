namespace Cake.PySign.Publishing;

/// <summary>What a registry serves under the name of a file, by the digest of the bytes themselves.</summary>
public enum PlannedState
{
    /// <summary>Nothing: the file will be sent.</summary>
    Absent,

    /// <summary>The same bytes: nothing is left to do.</summary>
    Identical,

    /// <summary>Other bytes: nothing at all will be sent.</summary>
    Different,
}
