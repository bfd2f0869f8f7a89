namespace PySign.Packaging.Toml;

/// <summary>Why a text is not TOML, or why an edit was refused.</summary>
public enum TomlFailure
{
    /// <summary>The bytes are not UTF-8, or the text holds half a surrogate pair.</summary>
    InvalidEncoding,

    /// <summary>A control character, or a carriage return without line feed, where none may be.</summary>
    ControlCharacter,

    /// <summary>The text ends or a line ends where something is still expected.</summary>
    UnexpectedEnd,

    /// <summary>A character that the grammar does not allow here.</summary>
    UnexpectedCharacter,

    /// <summary>A key is missing or malformed.</summary>
    InvalidKey,

    /// <summary>A value is missing or none of TOML's types.</summary>
    InvalidValue,

    /// <summary>An escape sequence in a basic string is unknown or no Unicode scalar value.</summary>
    InvalidEscape,

    /// <summary>A number is malformed or an integer does not fit 64 bits.</summary>
    InvalidNumber,

    /// <summary>A date or time is malformed or does not exist.</summary>
    InvalidDateTime,

    /// <summary>A key or table is defined twice, or one definition contradicts another.</summary>
    DuplicateKey,

    /// <summary>Nesting is deeper than this library reads.</summary>
    TooDeep,

    /// <summary>The document is longer than this library reads.</summary>
    TooLarge,

    /// <summary>The text is TOML 1.1, but what reads it reads TOML 1.0.</summary>
    NewerVersion,

    /// <summary>An edit would have to go through something that is not a table.</summary>
    NotATable,
}
