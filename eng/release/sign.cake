// Signs the files of a release of Cake.PySign with Cake.PySign itself: by the job's identity, or against the sandbox with --rehearse.
#addin nuget:?package=Cake.PySign&version=%PYSIGN_VERSION%

var files = Argument<string>("files").Split(',').Select(file => new FilePath(file)).ToArray();

if (!HasArgument("rehearse"))
{
    // Each signature is verified for the identity that made it before it is written.
    await CosignSignBlob(files, new CosignSignBlobSettings());
    return;
}

var sandbox = await StartPySignSandbox();
await using (sandbox)
{
    var signed = await CosignSignBlob(files, new CosignSignBlobSettings
    {
        Signing = { SigningConfig = sandbox.Info.SigningConfig, IdToken = await sandbox.MintGitLabTokenAsync() },
        Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
    });
    await VerifyBlob(files, new VerifyBlobSettings
    {
        CertificateIdentity = signed[0].Identity,
        CertificateOidcIssuer = signed[0].Issuer,
        Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
    });
}
