namespace PySign.Sandbox.Transparency;

/// <summary>What a log says of an entry that is not so.</summary>
[Flags]
internal enum LogLie
{
    None = 0,
    WrongSignedEntryTimestamp = 1,
    WrongRoot = 2,
    StaleCheckpoint = 4,

    /// <summary>Not a lie: witnesses sign the checkpoint too.</summary>
    Cosigned = 8,
}
