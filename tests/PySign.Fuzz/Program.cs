// One reader of foreign bytes a run: the name of a target, then AFL++ feeds it (SharpFuzz). What a reader refuses is fine; anything
// else that it throws is a finding. With a second argument, the files of that folder are read once instead, which shows that seeds and
// targets fit.
using System.Text;
using PySign.Formats;
using PySign.Packaging;
using PySign.Packaging.Indexes;
using PySign.Packaging.Sources;
using PySign.Packaging.Toml;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Timestamps;
using PySign.Sigstore.Trust;
using SharpFuzz;

var index = new Uri("https://index.example/simple/demo/");
var targets = new Dictionary<string, Action<byte[]>>(StringComparer.Ordinal)
{
    ["bundle"] = bytes => Bundle.Parse(bytes),
    ["certificate"] = bytes => Certificate.Parse(bytes),
    ["statement"] = bytes => InTotoStatement.Parse(bytes),
    ["root"] = bytes => TrustedRoot.Parse(bytes),
    ["timestamp"] = bytes => TimestampToken.Parse(bytes),
    ["toml"] = bytes => TomlDocument.Parse(bytes),
    ["html"] = bytes => SimpleIndex.ParseHtml(Encoding.UTF8.GetString(bytes), index),
    ["json"] = bytes => SimpleIndex.ParseJson(bytes, index),
    ["setup"] = bytes => SetupScript.Read(Encoding.UTF8.GetString(bytes)),
};
if (args.Length is 0 or > 2 || !targets.TryGetValue(args[0], out var read))
{
    await Console.Error.WriteLineAsync($"Name a target: {string.Join(", ", targets.Keys)}; then perhaps a folder of files to read once.");
    return 2;
}

if (args.Length == 2)
{
    foreach (var file in Directory.EnumerateFiles(args[1]))
    {
        Try(await File.ReadAllBytesAsync(file));
    }

    return 0;
}

Fuzzer.OutOfProcess.Run(stream =>
{
    using var bytes = new MemoryStream();
    stream.CopyTo(bytes);
    Try(bytes.ToArray());
});
return 0;

void Try(byte[] bytes)
{
    try
    {
        read(bytes);
    }
    catch (Exception e) when (e is VerificationException or StatementException or PackagingException or TomlException)
    {
        // Refused: that is what a reader is for.
    }
}
