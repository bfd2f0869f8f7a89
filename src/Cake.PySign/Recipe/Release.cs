using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Statements;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using Cake.PySign.Verify;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>One release under way: the script's context, its parameters and the folder between the stages.</summary>
internal sealed class Release
{
    public Release(ICakeContext context, ReleaseOptions options, Services? services = null)
    {
        Context = context;
        Options = options;

        Trust = options.Trust.Instead(TrustSource.Tuf);
        Services = services ?? Services.For(context);
        Dist = new DistFolder(options.DistDirectory.MakeAbsolute(context.Environment), Services.Digests);
        foreach (var secret in new[] { options.Index.Password, options.Store.Token, options.Signing.IdToken })
        {
            Log.Redactor.Add(secret);
        }
    }

    public ICakeContext Context { get; }

    public ReleaseOptions Options { get; }

    /// <summary>Who is believed. One source for signing, and for verifying what was signed: each would read Auto in its own way.</summary>
    public TrustSettings Trust { get; }

    /// <summary>What all stages work with.</summary>
    public Services Services { get; }

    public TimeProvider Time => Services.Time;

    public SafeLog Log => Services.Log;

    public DistFolder Dist { get; }

    public BlobSigner Signing => new(Services, Together?.Signing);

    /// <summary>What it shares with the projects that are released in the same run; null where it is alone.</summary>
    public ReleasedTogether? Together { get; init; }

    /// <summary>Whether the tag is another project's of the script too, in this run or in one of its own: what both write under one name
    /// then has the project's.</summary>
    public bool SharesTag => Options.Beside.Any(Options.SharesTagWith);

    public RegistryConnections Connections => Services.Connections;

    public IChildProcessRunner Processes => Services.Processes;

    public GenericUploader Generic => new(Services);

    public TwineUploader Index => new(Services);

    public ReleaseVerifier Consumer => new(Services);

    /// <summary>Whether a key signs, and no identity.</summary>
    public bool UsesKey => Options.PublicKey is not null || Options.Signing.UsesKey;

    /// <summary>The public key that must have signed. It comes from outside: one that lies beside the signatures proves nothing.</summary>
    public FilePath PublicKey =>
        Options.PublicKey?.MakeAbsolute(Context.Environment)
        ?? throw Missing("PYSIGN_PUBLIC_KEY", "the public key (PEM) of PYSIGN_KEY or PYSIGN_SIGNER, which users verify with");

    public string Identity =>
        UsesKey
            ? ""
            : Options.CertificateIdentity
                ?? throw Missing(
                    "CERTIFICATE_IDENTITY",
                    "the identity that must have signed, such as https://gitlab.com/group/project//.gitlab-ci.yml@refs/tags/v1.0.0"
                );

    public string Issuer =>
        UsesKey
            ? ""
            : Options.CertificateOidcIssuer
                ?? throw Missing("CERTIFICATE_OIDC_ISSUER", "the issuer of that identity, such as https://gitlab.com");

    /// <summary>
    /// Verifies every distribution of the ledger in <see cref="Dist"/>, and that the signed statement names exactly these. Stages that
    /// publish do it again: a job before them may have been skipped.
    /// </summary>
    /// <param name="ledger">What there must be.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="brief">Whether the files are counted and not named: a stage before this one has named them.</param>
    public async Task VerifyAsync(Ledger ledger, CancellationToken cancellationToken, bool brief = true)
    {
        await new BlobVerifier(Services)
            .VerifyAsync(ledger.Files.Select(file => Dist.File(file.Name)), Signer(), cancellationToken, brief)
            .ConfigureAwait(false);
        SignaturePairs.Verify(Dist, ledger);
        await VerifyStatementAsync(ledger, cancellationToken).ConfigureAwait(false);
        await AttestedFiles.VerifyAsync(this, ledger, cancellationToken).ConfigureAwait(false);
        await ProvenanceFiles.VerifyAsync(this, ledger, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the job publishes as itself, without a password.</summary>
    public bool UsesTrustedPublishing =>
        Options.TrustedPublishing.Decide(
            string.IsNullOrEmpty(Options.Index.Password) && Options.RepositoryUrl is { } repository && TwineTarget.IsPyPi(repository)
        );

    /// <summary>Whether each distribution gets an attestation. An index takes them only where the job publishes as itself.</summary>
    public bool Attests => Options.Attestations.Decide(UsesTrustedPublishing);

    public Task VerifyStatementAsync(Ledger ledger, CancellationToken cancellationToken) =>
        new ReleaseStatementVerifier(Services).VerifyAsync(
            Dist.File(ledger.Statement!.File.Name),
            Statement(ledger),
            Signer(),
            cancellationToken
        );

    /// <summary>What is to be signed about the release as a whole.</summary>
    public static ReleaseStatement Statement(Ledger ledger) =>
        ReleaseFiles.Of(ledger.Files.Select(file => KeyValuePair.Create(file.Name, file.Sha256)));

    /// <summary>Verifies a bundle by the signer of this release, with trust that is found out once.</summary>
    public async Task<Func<Bundle, Artifact, VerifiedArtifact>> VerifierAsync(CancellationToken cancellationToken)
    {
        var settings = Signer();
        var (policy, key) = BlobVerifier.Signer(settings, Context.Environment);
        var verifier = await BlobVerifier.VerifierAsync(settings, Services, cancellationToken).ConfigureAwait(false);
        return key is null
            ? (bundle, artifact) => verifier.Verify(bundle, artifact, policy!)
            : (bundle, artifact) => verifier.Verify(bundle, artifact, key);
    }

    private VerifyBlobSettings Signer() =>
        UsesKey
            ? new VerifyBlobSettings
            {
                PublicKey = PublicKey,
                AcceptUnlogged = !Options.Signing.UploadToLog,
                Trust = Trust,
                Network = Options.Network,
            }
            : new VerifyBlobSettings
            {
                CertificateIdentity = Identity,
                CertificateOidcIssuer = Issuer,
                Trust = Trust,
                Network = Options.Network,
            };

    /// <summary>Where the signatures are kept: the package named after the project and its version, or the GitHub release of the
    /// tag.</summary>
    public SignatureStoreSettings Store(Ledger ledger)
    {
        if (Options.Store.Url is null)
        {
            throw Missing(
                "PYSIGN_GENERIC_URL",
                "the generic package registry, such as https://gitlab.com/api/v4/projects/42/packages/generic"
            );
        }

        return Options.Store.For(
            ledger.NormalizedName,
            () => Options.Store.Kind == StoreKind.GitHubRelease ? TagOfRelease() : ledger.Version
        );
    }

    // GitHub makes a tag that is not there, on whatever its default branch holds then: the name of one is never guessed.
    private string TagOfRelease() =>
        Options.Tag is { Length: > 0 } tag
            ? tag
            : throw Missing("PYSIGN_TAG", "the tag whose GitHub release takes the signatures, such as v1.0.0");

    public static PySignException Missing(string parameter, string meaning) =>
        new(
            PySignFailure.InvalidSettings,
            $"The parameter {parameter} is not set: {meaning}.",
            $"Set the variable {parameter}, or the property of the recipe's options."
        );
}

/// <summary>What a project shares with those that are released in the same run.</summary>
/// <param name="Signing">The session that signs them all, with one certificate.</param>
/// <param name="MoreFollow">Whether another project's files go to the same place after this one's: a GitHub release of a tag that several
/// share stays a draft until the last of them.</param>
internal sealed record ReleasedTogether(SharedSigning Signing, bool MoreFollow);
