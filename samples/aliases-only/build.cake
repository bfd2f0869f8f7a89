#addin nuget:?package=Cake.PySign&version=0.1.0

PySignSandbox sandbox = null!;
IReadOnlyList<BuiltDistribution> built = [];

Setup(async _ => sandbox = await StartPySignSandbox(new StartPySignSandboxSettings()));
Teardown(async _ => await sandbox.DisposeAsync());

Task("Build").Does(() => built = PyBuild("./python"));

Task("Sign")
    .IsDependentOn("Build")
    .Does(async () =>
    {
        var settings = new CosignSignBlobSettings();
        settings.Trust.TrustedRoot = sandbox.Info.TrustedRoot;
        settings.Signing.SigningConfig = sandbox.Info.SigningConfig;
        settings.Signing.IdToken = await sandbox.MintGitLabTokenAsync();
        foreach (var signed in await CosignSignBlob(built.Select(file => file.Path), settings))
        {
            Information("{0} was signed by {1}", signed.Path.GetFilename(), signed.Identity);
        }
    });

Task("Verify")
    .IsDependentOn("Sign")
    .Does(async () =>
    {
        var gitLab = sandbox.Info.GitLab;
        var settings = new VerifyBlobSettings
        {
            CertificateIdentity = $"https://{gitLab.ServerUrl.Authority}/{gitLab.ProjectPath}//.gitlab-ci.yml@refs/tags/v1.0.0",
            CertificateOidcIssuer = gitLab.ServerUrl.AbsoluteUri.TrimEnd('/'),
        };
        settings.Trust.TrustedRoot = sandbox.Info.TrustedRoot;
        await VerifyBlob(built.Select(file => file.Path), settings);
    });

RunTarget(Argument("target", "Verify"));
