using System.Reflection;
using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Audit;
using Cake.PySign.Build;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests.Common.Network;

/// <summary>A CA file that is named and is not there, in every alias that speaks to a server.</summary>
public sealed class MissingCaFileTests : IDisposable
{
    // Nobody listens there: whatever asked first would fail otherwise.
    private static readonly Uri _nobody = new("http://127.0.0.1:1/");

    private readonly CakeRig _rig = new();
    private readonly FilePath _wheel;

    public MissingCaFileTests()
    {
        _wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        _rig.Folder.Write("dist/hello_pysign-1.0.0.release.sigstore.json", "{}");
        _rig.Folder.Write("pysign-policy.toml", $"schema = 1\n\n[[signers]]\nissuer = \"{_nobody}\"\nidentity = \"x\"\n");
        _rig.Folder.Write("predicate.json", "{}");
        _rig.Folder.Write("tuf_root.json", "{}");
        _rig.Folder.Write("project/pyproject.toml", "[project]\nname = \"hello-pysign\"\nversion = \"1.0.0\"\n");
        _rig.Folder.Write("project/tests/test_nothing.py", "");
        _rig.Folder.Write("requirements.txt", $"demo==1.0 --hash=sha256:{new string('1', 64)}\n");
    }

    /// <summary>The aliases that take network settings, by reflection: a new one has to be played below.</summary>
    public static TheoryData<string> Aliases =>
        [
            .. typeof(PySignException)
                .Assembly.GetExportedTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
                .Where(method => method.IsDefined(typeof(CakeMethodAliasAttribute)))
                .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType.IsAssignableTo(typeof(PySignSettings))))
                .Select(method => method.Name)
                .Distinct(StringComparer.Ordinal),
        ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ICakeContext Cake => _rig.Context;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Aliases))]
    public async Task It_is_refused_before_anything_is_asked(string alias)
    {
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            Built(alias) ?? Signed(alias) ?? Verified(alias) ?? Published(alias) ?? Audited(alias) ?? throw new NotSupportedException(alias)
        );
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains(_rig.Folder.File("nowhere.pem").FullPath, e.Message, StringComparison.Ordinal);
    }

    private Task? Built(string alias) =>
        alias switch
        {
            "PyBuild" => Task.Run(() => Cake.PyBuild("project", With(new PyBuildSettings()), Token)),
            "PyBuildVerifyReproducible" => Task.Run(() => Cake.PyBuildVerifyReproducible("project", With(new PyBuildSettings()), Token)),
            "PyTest" => Task.Run(() => Cake.PyTest("project", With(new PyTestSettings { Wheels = { _wheel } }), Token)),
            _ => null,
        };

    private Task? Signed(string alias) =>
        alias switch
        {
            "CosignSignBlob" => Cake.CosignSignBlob([_wheel], With(new CosignSignBlobSettings { Signing = { IdToken = "x" } }), Token),
            "CosignAttestBlob" => Cake.CosignAttestBlob(
                [_wheel],
                With(
                    new CosignAttestBlobSettings
                    {
                        Signing = { IdToken = "x" },
                        Predicate = "predicate.json",
                        PredicateType = "https://example.com/p/v1",
                    }
                ),
                Token
            ),
            "PyPiAttest" => Cake.PyPiAttest([_wheel], With(new PyPiAttestSettings { Signing = { IdToken = "x" } }), Token),
            "SignReleaseStatement" => Cake.SignReleaseStatement(
                [_wheel],
                With(new SignReleaseStatementSettings { Signing = { IdToken = "x" } }),
                Token
            ),
            _ => null,
        };

    private Task? Verified(string alias) =>
        alias switch
        {
            "VerifyBlob" => Cake.VerifyBlob([_wheel], By(new VerifyBlobSettings()), Token),
            "VerifyReleaseStatement" => Cake.VerifyReleaseStatement([_wheel], By(new VerifyReleaseStatementSettings()), Token),
            "VerifyRelease" => Cake.VerifyRelease(
                With(
                    new VerifyReleaseSettings
                    {
                        Name = "x",
                        Version = "1",
                        Index = { Url = _nobody },
                        Store = { Url = _nobody },
                        PolicyFile = "pysign-policy.toml",
                        OutputDirectory = "got",
                    }
                ),
                Token
            ),
            "PyPiVerifyAttestations" => Cake.PyPiVerifyAttestations(
                [_wheel],
                With(
                    new PyPiVerifyAttestationsSettings
                    {
                        Publisher = TrustedPublisher.GitHub("acme/demo", "release.yml"),
                        Integrity = { Url = _nobody },
                    }
                ),
                Token
            ),
            _ => null,
        };

    private Task? Published(string alias) =>
        alias switch
        {
            "TwineUpload" => Cake.TwineUpload(
                [_wheel],
                With(
                    new TwineUploadSettings
                    {
                        RepositoryUrl = new Uri(_nobody, "/api/v4/projects/42/packages/pypi"),
                        Index = { UserName = "gitlab-ci-token", Password = "canary-token" },
                        Python = SystemPython.Path,
                    }
                ),
                Token
            ),
            "GenericUpload" => Cake.GenericUpload([_wheel], At(new GenericUploadSettings()), Token),
            "GenericDownload" => Cake.GenericDownload(["x"], At(new GenericDownloadSettings { OutputDirectory = "got" }), Token),
            "PyPackageDownload" => Cake.PyPackageDownload(
                With(
                    new PyPackageDownloadSettings
                    {
                        Index = { Url = _nobody },
                        Name = "x",
                        Version = "1",
                        OutputDirectory = "got",
                    }
                ),
                Token
            ),
            _ => null,
        };

    private Task? Audited(string alias) =>
        alias switch
        {
            "PyAuditDependencies" => Cake.PyAuditDependencies(
                [_rig.Folder.File("requirements.txt")],
                With(new PyAuditDependenciesSettings { Index = { Url = _nobody } }),
                Token
            ),
            "PyInspectAttestations" => Cake.PyInspectAttestations(
                With(
                    new PyInspectAttestationsSettings
                    {
                        Index = { Url = _nobody },
                        Name = "x",
                        Version = "1",
                    }
                ),
                Token
            ),
            "PyVerifyDistribution" => Cake.PyVerifyDistribution(
                With(
                    new PyVerifyDistributionSettings
                    {
                        Index = { Url = _nobody },
                        Name = "x",
                        Version = "1",
                        ShowPublisher = true,
                    }
                ),
                Token
            ),
            "PyCheckMirror" => Cake.PyCheckMirror(
                With(new PyCheckMirrorSettings { Mirror = { Url = _nobody }, Packages = { "x" } }),
                Token
            ),
            _ => null,
        };

    private T With<T>(T settings)
        where T : PySignSettings
    {
        settings.Network.CaFile = "nowhere.pem";
        if (settings is TrustingSettings { Trust: var trust })
        {
            (trust.TufMirror, trust.TufRoot, trust.TufCacheDirectory) = (_nobody, "tuf_root.json", "tuf");
        }

        return settings;
    }

    private T By<T>(T settings)
        where T : VerificationSettings
    {
        (settings.CertificateIdentity, settings.CertificateOidcIssuer) = ("x", "https://x");
        return With(settings);
    }

    private T At<T>(T settings)
        where T : PySignSettings
    {
        var store = settings is GenericUploadSettings upload ? upload.Store : ((GenericDownloadSettings)(object)settings).Store;
        (store.Url, store.Name, store.Version) = (_nobody, "x", "1");
        return With(settings);
    }
}
