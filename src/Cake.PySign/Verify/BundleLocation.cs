using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Sigstore.Errors;

namespace Cake.PySign.Verify;

/// <summary>Where a file's bundle is: given, or by the convention that clients share.</summary>
internal static class BundleLocation
{
    private static readonly string[] _suffixes = [SignatureNames.Bundle, SignatureNames.OldBundle];

    public static FilePath Find(FilePath file, VerifyBlobSettings settings, ICakeEnvironment environment)
    {
        if (settings.Bundle is { } given)
        {
            var path = given.MakeAbsolute(environment);
            return File.Exists(path.FullPath) ? path : throw Missing(file, path.FullPath, "nothing there");
        }

        var folder = settings.BundleDirectory?.MakeAbsolute(environment) ?? file.GetDirectory();
        var names = (settings.PredicateType is null ? _suffixes : [SignatureNames.BundleOf(settings.AttestationName)])
            .Select(suffix => file.GetFilename().FullPath + suffix)
            .ToList();
        return names.Select(name => folder.CombineWithFilePath(name)).FirstOrDefault(path => File.Exists(path.FullPath))
            ?? throw Missing(file, string.Join(" or ", names), $"neither in {folder}");
    }

    private static BlobRefusedException Missing(FilePath file, string expected, string found) =>
        new(
            new BlobProblem(
                file,
                nameof(VerificationStep.Parse),
                BlobFailure.BundleMissing,
                expected,
                found,
                "An unsigned file is never accepted: sign it, or fetch its bundle."
            )
        );
}
