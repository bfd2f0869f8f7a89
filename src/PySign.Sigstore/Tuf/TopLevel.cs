namespace PySign.Sigstore.Tuf;

/// <summary>The names of the four top-level roles.</summary>
internal static class TopLevel
{
    public const string Root = "root";
    public const string Timestamp = "timestamp";
    public const string Snapshot = "snapshot";
    public const string Targets = "targets";

    public static bool Contains(string role) => role is Root or Timestamp or Snapshot or Targets;
}
