using Cake.PySign.Common;
using Cake.PySign.Common.Network;
using PySign.Packaging.LockFiles;

namespace Cake.PySign.Audit;

/// <summary>Verifies a version of an index, or one file of it, against the publisher that is given or remembered.</summary>
internal sealed class DistributionCheck(AuditServices services)
{
    public async Task<IReadOnlyList<VerifiedDistribution>> VerifyAsync(
        PyVerifyDistributionSettings settings,
        CancellationToken cancellationToken
    )
    {
        var package = AttestationInspector.Package(Required(settings.Name, "Name"), Required(settings.Version, "Version"));
        var expected = Expected(settings, package);
        using var index = services.Index(ServiceAddress.Require(settings.Index.Url, "Index.Url"), settings.Network, settings.Index);
        var judge = await services
            .JudgeAsync(settings.Trust, settings.Network, settings.CertificateOidcIssuer ?? settings.Publisher?.Issuer, cancellationToken)
            .ConfigureAwait(false);
        var page = await index.PageAsync(package.Name, cancellationToken).ConfigureAwait(false);
        AuditServices.RequireLetIn(page);
        if (page.Value is { } found)
        {
            package = package with { Files = Files(settings, package, PackageJudge.Release(package, found)) };
        }

        var row = await new PackageJudge(index, judge, downloadUnhashed: false)
            .JudgeAsync(
                new AuditRow("", package, index.Root, IndexAssumed: false),
                page,
                expected is null ? [] : [expected],
                cancellationToken
            )
            .ConfigureAwait(false);
        var problems = Problems(row, expected).ToList();
        if (problems.Count > 0)
        {
            throw new PySignException(
                PySignFailure.VerificationFailed,
                $"{package.Name} {package.Version} is not proven:{Environment.NewLine}  "
                    + $"{string.Join(Environment.NewLine + "  ", problems)}",
                "Do not use what is named here."
            );
        }

        foreach (var file in row.Files)
        {
            services.Log.Information($"Verified {file.FileName}  sha256 {file.Sha256}  published by {file.Publisher}");
        }

        return [.. row.Files.Select(Verified)];
    }

    private static VerifiedDistribution Verified(AuditedFile file) =>
        new()
        {
            FileName = file.FileName!,
            Sha256 = file.Sha256!,
            Publisher = file.Publisher!,
            Attestations = file.Attestations,
            ProvenanceUrl = file.ProvenanceUrl,
        };

    private AuditedPublisher? Expected(PyVerifyDistributionSettings settings, LockedPackage package)
    {
        if (settings.Publisher is { } given)
        {
            return new AuditedPublisher(given.Kind, given.Repository, given.Workflow, Email: given.Email);
        }

        var file = settings.DependencyPolicyFile.MakeAbsolute(services.Environment);
        var remembered = File.Exists(file.FullPath)
            ? new AuditPolicyReader(file)
                .Read()
                .Policy.For(package.Name.Normalized)
                .Select(static rule => rule.Publisher)
                .FirstOrDefault(static one => one is not null)
            : null;
        return remembered is not null || settings.ShowPublisher
            ? remembered
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"Whose {package.Name} must be is not known: Publisher is not set, and {file.GetFilename()} remembers none.",
                "Set Publisher, or ShowPublisher to be shown who it is."
            );
    }

    private IReadOnlyList<LockedFile> Files(
        PyVerifyDistributionSettings settings,
        LockedPackage package,
        IEnumerable<global::PySign.Packaging.Indexes.SimpleIndexFile> release
    )
    {
        if (settings.File is { } path)
        {
            var local = path.MakeAbsolute(services.Environment);
            return File.Exists(local.FullPath)
                ? [new LockedFile(local.GetFilename().FullPath, FileDigest.Of(local), 1)]
                : throw new PySignException(PySignFailure.MissingFile, $"There is no file '{local}' of {package.Name}.", "Correct File.");
        }

        return [.. release.Select(static file => new LockedFile(file.FileName, file.Sha256, 1))];
    }

    private static IEnumerable<string> Problems(AuditedPackage row, AuditedPublisher? expected)
    {
        if (row.Files.Count == 0)
        {
            yield return row.Explanation ?? "The index lists no file of it.";
        }

        foreach (var file in row.Files)
        {
            if (file.State != AuditState.Attested)
            {
                var why = file.Explanation ?? row.Explanation;
                yield return $"{file.FileName}: {AuditNames.Of(file.State)} ({AuditNames.Of(file.Reason)}). {why}";
            }
            else if (expected is not null)
            {
                foreach (var change in PublisherChanges.Between(expected, file.Publisher!))
                {
                    yield return $"{file.FileName}: {AuditNames.Of(change.Change)}: {change.Explanation}";
                }
            }
        }
    }

    private static string Required(string? value, string setting) =>
        string.IsNullOrWhiteSpace(value) ? throw new PySignException(PySignFailure.InvalidSettings, $"{setting} is not set.") : value;
}
