using PySign.Sigstore.Conformance;

return args switch
{
    ["verify-bundle", .. var rest] => VerifyBundleCommand.Run(rest, Console.Out, Console.Error),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(VerifyBundleCommand.Usage);
    return 1;
}
