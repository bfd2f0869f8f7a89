using PySign.Packaging.Indexes;

namespace Cake.PySign.Common.Indexes;

/// <summary>What an index said of one project: its files, nothing, or "ask another host" (request forwarding).</summary>
internal sealed record IndexPage(Uri Url, Uri? RedirectedTo, SimpleIndex Index)
{
    public static SimpleIndex Nothing { get; } = new(null, [], []);

    public IReadOnlyList<SimpleIndexFile> Files => Index.Files;
}
