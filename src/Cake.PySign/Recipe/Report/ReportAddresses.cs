using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;

namespace Cake.PySign.Recipe.Report;

/// <summary>
/// Where the files of a release are, computed from its parameters. The ledger's receipts are a memory that whoever could write to the
/// folder may have edited: an address of theirs leads readers of the report anywhere.
/// </summary>
internal sealed record ReportAddresses
{
    /// <summary>Leads nowhere.</summary>
    public static ReportAddresses None { get; } = new();

    private IReadOnlyDictionary<string, string> Signatures { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary>The host of the signature store.</summary>
    public string? StoreHost => HostOf(Signatures.Values.FirstOrDefault());

    /// <summary>The host of the package index.</summary>
    public string? IndexHost => HostOf(OfPackage);

    /// <summary>The index's page of the project.</summary>
    public string? OfPackage { get; private init; }

    /// <summary>What the parameters of a release say.</summary>
    public static ReportAddresses Of(Release release, Ledger ledger)
    {
        try
        {
            return new ReportAddresses
            {
                Signatures = SignaturesOf(release, ledger),
                OfPackage = PackageOf(release, ledger),
                Repositories = RepositoriesOf(release),
            };
        }
        catch (PySignException)
        {
            // The report is written whatever else is wrong; the stages say what.
            return None;
        }
    }

    public string? OfSignature(string name) => Signatures.GetValueOrDefault(name);

    /// <summary>The address of an attestation, where it is one of the job's own repository.</summary>
    public string? OfAttestations(string? address) =>
        Repositories.Any(own => address?.StartsWith(own, StringComparison.Ordinal) == true) ? address : null;

    private static Dictionary<string, string> SignaturesOf(Release release, Ledger ledger)
    {
        if (release.Options.Store.Url is null || (release.Options.Store.Kind == StoreKind.GitHubRelease && release.Options.Tag is null))
        {
            return [];
        }

        using var store = release
            .Connections.For(release.Options.Network, release.Context.Environment)
            .Store(release.Store(ledger), release.Log);
        return ledger.SignatureFiles.ToDictionary(part => part.Name, part => store.Url(part.Name).AbsoluteUri, StringComparer.Ordinal);
    }

    private static string? PackageOf(Release release, Ledger ledger)
    {
        if (release.Options.Index.Url is null && release.Options.RepositoryUrl is null)
        {
            return null;
        }

        var index = release.Options.Index.Url ?? ConsumerVerificationStage.IndexOf(release.Options);
        return ServiceAddress.Below(index, ledger.NormalizedName).AbsoluteUri + "/";
    }

    private static string? HostOf(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.Authority : null;

    private static string[] RepositoriesOf(Release release)
    {
        string? Variable(string name) =>
            release.Context.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value.TrimEnd('/') : null;
        return Variable("GITHUB_REPOSITORY") is not { } repository
            ? []
            :
            [
                .. Variable("GITHUB_SERVER_URL") is { } server ? [$"{server}/{repository}/"] : (string[])[],
                .. Variable("GITHUB_API_URL") is { } api ? [$"{api}/repos/{repository}/"] : (string[])[],
            ];
    }
}
