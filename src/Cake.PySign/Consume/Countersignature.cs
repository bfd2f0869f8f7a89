using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Stores;
using PySign.Sigstore.Bundles;

namespace Cake.PySign.Consume;

/// <summary>The signature of a second signer, beside the first one's. It is looked for where a policy asks for two.</summary>
internal static class Countersignature
{
    private const string Suffix = SignatureNames.Bundle;

    /// <summary><c>demo-1.0.tar.gz.sigstore.json</c> is countersigned in <c>demo-1.0.tar.gz.countersigned.sigstore.json</c>.</summary>
    public static string NameOf(string bundle) => $"{bundle[..^Suffix.Length]}.countersigned{Suffix}";

    /// <summary>The first bundle and, where two signers are asked for and it is there, the second.</summary>
    public static async Task<IReadOnlyList<Bundle>> WithAsync(
        GenericRegistry registry,
        Bundle first,
        string name,
        DirectoryPath folder,
        int threshold,
        CancellationToken cancellationToken
    )
    {
        if (threshold < 2)
        {
            return [first];
        }

        var path = await RegistryFile.FetchAsync(registry, NameOf(name), folder, cancellationToken).ConfigureAwait(false);
        return path is null ? [first] : [first, Bundle.Load(path.FullPath)];
    }
}
