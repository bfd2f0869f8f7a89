using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Trust;

/// <summary>OLPC canonical JSON, what TUF signs: sorted members, only quote and backslash escaped, integers (specification section
/// 4).</summary>
internal static class TufJson
{
    public static byte[] Canonical(JsonNode node) => Encoding.UTF8.GetBytes(Text(node));

    private static string Member(KeyValuePair<string, JsonNode?> member) => $"{Quote(member.Key)}:{Text(member.Value)}";

    private static string Text(JsonNode? node) =>
        node switch
        {
            null => "null",
            JsonObject map => $"{{{string.Join(',', map.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(Member))}}}",
            JsonArray list => $"[{string.Join(',', list.Select(Text))}]",
            _ when node.GetValueKind() is JsonValueKind.String => Quote(node.GetValue<string>()),
            _ => node.ToJsonString(),
        };

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
