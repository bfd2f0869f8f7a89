using PySign.Sigstore.Conformance;

return args switch
{
    ["verify-bundle", .. var rest] => VerifyBundleCommand.Run(rest, Console.Out, Console.Error),
    ["sign-bundle", .. var rest] => await SignBundleCommand.RunAsync(rest, Console.Out, Console.Error),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(VerifyBundleCommand.Usage);
    Console.Error.WriteLine(SignBundleCommand.Usage);
    return 1;
}
