using System.Text.RegularExpressions;

namespace Cake.PySign.Publish;

/// <summary>PyPI's refusals, known by the words that it puts into the reason phrase (warehouse, forklift).</summary>
internal static partial class PyPiRefusals
{
    private static readonly (string Words, PySignFailure Reason, string What, string Advice)[] _known =
    [
        (
            "only supported when using Trusted Publishing",
            PySignFailure.AttestationRefused,
            "attestations come only with a token of trusted publishing",
            "Leave Index.Password unset and register the job as a trusted publisher (docs/attestations.md), or set "
                + "UploadAttestations to false."
        ),
        (
            "Could not verify the uploaded artifact using the included attestation",
            PySignFailure.AttestationRefused,
            "an attestation does not verify for the publisher that is registered",
            "Compare repository and workflow of the trusted publisher with those that signed: upper and lower case " + "count here."
        ),
        (
            "Invalid attestations supplied during upload",
            PySignFailure.AttestationRefused,
            "the attestations of a file were refused",
            "Give each file one attestation of each kind, made with PyPiAttest."
        ),
        (
            "Non-user identities cannot create new projects",
            PySignFailure.Forbidden,
            "there is no project of this name, and a trusted publisher does not create one",
            "Register the job as a pending publisher of exactly this project name, or correct the name."
        ),
        (
            "isn't allowed to upload to project",
            PySignFailure.Forbidden,
            "the token is for another project",
            "Use a token of this project, or register the job as its trusted publisher; check the project's name."
        ),
        (
            "uploads are temporarily disabled",
            PySignFailure.Forbidden,
            "no uploads are taken now",
            "Run again later; see the index's status page."
        ),
        (
            "Invalid or non-existent authentication",
            PySignFailure.Unauthorized,
            "the credentials were not accepted (403)",
            "Check the token; PyPI's user name is __token__. A token of trusted publishing lives for 15 minutes: run again."
        ),
        (
            "previously used by a file that has since been deleted",
            PySignFailure.InvalidName,
            "the name belonged to a file that was deleted, and is never given again",
            "Publish a new version."
        ),
        (
            "The digest supplied does not match",
            PySignFailure.DigestMismatch,
            "the registry got other bytes than were announced",
            "Find out who writes to the file while it is sent, and run again."
        ),
        (
            "Only one sdist may be uploaded per release",
            PySignFailure.InvalidMetadata,
            "the release has another sdist already",
            "Publish a new version."
        ),
        (
            "releases older than 14 days",
            PySignFailure.InvalidMetadata,
            "the release is too old to get more files",
            "Publish a new version, with all of its files at once."
        ),
        (
            "is invalid, should be",
            PySignFailure.InvalidName,
            "the file's name is not that of its project and version",
            "Build again with a current back end, which writes the normalized name."
        ),
        (
            "The use of local versions",
            PySignFailure.InvalidMetadata,
            "the version has a local part, which a public index does not take",
            "Build a version without '+…'."
        ),
    ];

    /// <param name="text">All that twine said.</param>
    /// <param name="ours">The names of the files that were sent.</param>
    public static (PySignFailure Reason, string What, string? Advice)? Find(string text, IEnumerable<string> ours)
    {
        if (Taken().Match(text) is { Success: true } taken && !ours.Contains(taken.Groups[1].Value, StringComparer.Ordinal))
        {
            return (
                PySignFailure.InvalidName,
                $"the same bytes are there as {taken.Groups[1].Value}",
                "Publish a file once, under one name; build again for a new version."
            );
        }

        var found = Array.Find(_known, known => text.Contains(known.Words, StringComparison.OrdinalIgnoreCase));
        return found.Words is null ? null : (found.Reason, found.What, found.Advice);
    }

    [GeneratedRegex(@"File already exists \('([^']+)'", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Taken();
}
