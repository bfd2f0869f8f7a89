using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Recipe.Report;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>
/// What an independent consumer does: downloads every file of the version from the index and its bundle from the generic registry, verifies
/// each, and compares the set with the release. Nothing that is on disk already is used as proof.
/// </summary>
internal static class ConsumerVerificationStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        if (DryRun.Skips(release, "there is nothing new to verify as a consumer"))
        {
            return;
        }

        var ledger = release.Dist.Store.Read();
        var options = release.Options;
        var folder = options.ConsumerDirectory.MakeAbsolute(release.Context.Environment);
        DownloadMarker.Empty(folder);

        var settings = new VerifyReleaseSettings
        {
            Name = ledger.Name,
            Version = ledger.Version,
            Index =
            {
                Url = options.Index.Url ?? IndexOf(options),
                UserName = IsPublic(release) ? null : options.Index.UserName,
                Password = IsPublic(release) ? null : options.Index.Password,
            },
            Store = release.Store(ledger),
            OutputDirectory = folder,
            Marks = true,
            Trust = release.Trust,
            Network = options.Network,
        };
        FitTo(ledger, settings);
        await release.Consumer.VerifyAsync(settings, Policy(release, ledger), cancellationToken).ConfigureAwait(false);
        release.Dist.Store.Write(
            ledger.Verified(ReleaseStage.ConsumerVerification, release.Identity, release.Issuer, release.Time.GetUtcNow())
        );
        ReleaseReportFiles.Write(release);
        ReleaseReportFiles.Summarize(release);
    }

    /// <summary>What was released is not refused for its size: the bounds are for foreign ones, and the release's own measures are
    /// known.</summary>
    internal static void FitTo(Ledger ledger, VerifyReleaseSettings settings)
    {
        settings.Limits.MaxFiles = Math.Max(settings.Limits.MaxFiles, ledger.Files.Count);
        settings.Limits.MaxFileBytes = ledger.Files.Select(file => file.Size).Append(settings.Limits.MaxFileBytes).Max();
        settings.Limits.MaxTotalBytes = Math.Max(settings.Limits.MaxTotalBytes, ledger.Files.Sum(file => file.Size));
    }

    /// <summary>The policy that users are given, or the recipe's own signer; and the files, which here are known.</summary>
    private static ReleasePolicy Policy(Release release, Ledger ledger)
    {
        var policy =
            UsersPolicy(release)
            ?? new ReleasePolicy(
                [],
                ledger.Files.All(known =>
                    known.Signature?.Files.Any(part => part.Name.EndsWith(SignatureNames.Signature, StringComparison.Ordinal)) == true
                ) && !release.UsesKey,
                [
                    release.UsesKey
                        ? SignerRule.WithKey(ManagedKey.ParsePem(File.ReadAllText(release.PublicKey.FullPath)))
                        : new SignerRule(release.Issuer, release.Identity, IsPattern: false, []),
                ]
            )
            {
                Accepted = new VerifierOptions { AcceptUnloggedKeys = release.UsesKey && !release.Options.Signing.UploadToLog },
            };
        if (ledger.Files.Any(known => known.Signature?.Files.Any(ProvenanceFiles.Is) == true))
        {
            policy = policy with { Provenance = policy.Provenance ?? new ProvenanceRule { Commit = release.Options.BuiltFrom?.Commit } };
        }

        return policy with
        {
            Files = ledger.Files.ToDictionary(known => known.Name, known => known.Sha256, StringComparer.Ordinal),
        };
    }

    /// <summary>The policy that users are given; null where there is none.</summary>
    internal static ReleasePolicy? UsersPolicy(Release release)
    {
        if (release.Options.PolicyFile is not { } file)
        {
            return null;
        }

        var policy = new ReleasePolicyReader(file.MakeAbsolute(release.Context.Environment)).Read();
        return release.Options.RehearsedSigner is { } played ? played.Policy(policy) : policy;
    }

    /// <summary>Whether the index is read by anybody, so that what uploads is not shown to it.</summary>
    private static bool IsPublic(Release release) =>
        release.UsesTrustedPublishing || (release.Options.RepositoryUrl is { } repository && TwineTarget.IsPyPi(repository));

    internal static Uri IndexOf(ReleaseOptions options)
    {
        if (options.RepositoryUrl is not { } repository)
        {
            throw Release.Missing("PYSIGN_INDEX_URL", "the simple index that consumers read");
        }

        return TwineTarget.IsPyPi(repository) ? TwineTarget.IndexOf(repository) : new Uri($"{repository.AbsoluteUri.TrimEnd('/')}/simple/");
    }
}
