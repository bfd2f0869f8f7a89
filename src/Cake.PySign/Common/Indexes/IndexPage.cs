using PySign.Packaging;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Common.Indexes;

/// <summary>What an index said of one project: its files, nothing, or "ask another host" (request forwarding).</summary>
internal sealed record IndexPage(Uri Url, Uri? RedirectedTo, SimpleIndex Index)
{
    /// <summary>What the page has for one version, as installers read it.</summary>
    /// <exception cref="PySignException">A link may be taken for it, and readers differ in which file it is.</exception>
    public IndexedVersion Of(ProjectName name, PythonVersion version)
    {
        try
        {
            return Index.Of(name, version);
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"{Url} has a link that may be taken for {name.Value} {version.Normalized} in more than one way: '{e.Input}': expected "
                    + $"{e.Expected}.",
                e.Advice,
                e
            );
        }
    }
}
