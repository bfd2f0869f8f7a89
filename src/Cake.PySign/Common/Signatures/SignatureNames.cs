namespace Cake.PySign.Common.Signatures;

/// <summary>What the files beside a signed file are called: its name and one of these.</summary>
internal static class SignatureNames
{
    /// <summary>The Sigstore bundle.</summary>
    public const string Bundle = ".sigstore.json";

    /// <summary>The bundle as older clients named it.</summary>
    public const string OldBundle = ".sigstore";

    /// <summary>The signature alone, for cosign.</summary>
    public const string Signature = ".sig";

    /// <summary>The certificate alone, for cosign.</summary>
    public const string Certificate = ".crt";
}

/// <summary>Words of a command that a person copies into a shell.</summary>
internal static class ShellText
{
    public static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
