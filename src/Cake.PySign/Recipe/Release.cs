using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Consumption;
using Cake.PySign.Processes;
using Cake.PySign.Publishing;
using Cake.PySign.Verification;

namespace Cake.PySign.Recipe;

/// <summary>One release under way: the script's context, its parameters and the folder between the stages.</summary>
internal sealed class Release
{
    public Release(ICakeContext context, ReleaseOptions options, TimeProvider time, RegistryConnections? connections = null, IChildProcessRunner? processes = null)
    {
        Context = context;
        Options = options;
        Time = time;
        Log = SafeLog.For(context);
        var registries = connections ?? RegistryConnections.Real;
        Generic = new GenericUploader(context.Environment, Log, registries);
        var runner = processes ?? ChildProcessRunner.For(context, Log);
        Index = new TwineUploader(context.Environment, Log, runner, registries, time);
        Consumer = new ReleaseVerifier(context.Environment, Log, registries, runner);
        Dist = new DistFolder(options.Dist.MakeAbsolute(context.Environment));
        foreach (var secret in new[] { options.Password, options.GenericToken, options.IdentityToken })
        {
            Log.Redactor.Add(secret);
        }
    }

    public ICakeContext Context { get; }

    public ReleaseOptions Options { get; }

    public TimeProvider Time { get; }

    public SafeLog Log { get; }

    public DistFolder Dist { get; }

    public GenericUploader Generic { get; }

    public TwineUploader Index { get; }

    public ReleaseVerifier Consumer { get; }

    public string Identity => Options.CertificateIdentity ?? throw Missing("CERTIFICATE_IDENTITY", "the identity that must have signed, such as https://gitlab.com/group/project//.gitlab-ci.yml@refs/tags/v1.0.0");

    public string Issuer => Options.CertificateOidcIssuer ?? throw Missing("CERTIFICATE_OIDC_ISSUER", "the issuer of that identity, such as https://gitlab.com");

    /// <summary>Verifies every distribution of the ledger in <see cref="Dist"/>. Stages that publish do it again: a job before them may have been skipped.</summary>
    public Task<IReadOnlyList<VerifiedBlob>> VerifyAsync(Ledger ledger, CancellationToken cancellation) =>
        VerifyAsync(ledger.Files.Select(file => Dist.File(file.Name)), cancellation);

    public async Task<IReadOnlyList<VerifiedBlob>> VerifyAsync(IEnumerable<FilePath> files, CancellationToken cancellation) =>
        await Context.VerifyBlob(
            files,
            new VerifyBlobSettings
            {
                CertificateIdentity = Identity,
                CertificateOidcIssuer = Issuer,
                TrustedRoot = Options.TrustedRoot,
                Trust = Options.Trust,
                TufMirror = Options.TufMirror,
                TufRoot = Options.TufRoot,
                TufCache = Options.TufCache,
                TufOffline = Options.TufOffline,
                CaFile = Options.CaFile,
            },
            cancellation).ConfigureAwait(false);

    public static PySignException Missing(string parameter, string meaning) =>
        new(PySignFailure.InvalidSettings, $"The parameter {parameter} is not set: {meaning}.", $"Set the variable {parameter}, or the property of the recipe's options.");
}
