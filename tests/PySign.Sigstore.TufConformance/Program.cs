using PySign.Sigstore.Tuf;
using PySign.Sigstore.TufConformance;

try
{
    await Client.RunAsync(CommandLine.Parse(args));
    return 0;
}
catch (Exception e) when (e is TufException or ArgumentException or IOException or UnauthorizedAccessException or UriFormatException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
