namespace Cake.PySign.Common;

/// <summary>The version of this addin, as ledgers and statements name it.</summary>
internal static class ToolVersion
{
    public static string Own { get; } = typeof(ToolVersion).Assembly.GetName().Version!.ToString(3);
}
