using System.Globalization;
using PySign.Http;

namespace PySign.Sigstore.Tuf;

/// <summary>Where a repository's files are. Names come from metadata, so each is escaped as one piece of a path.</summary>
internal sealed class TufAddresses
{
    private readonly Uri _metadata;
    private readonly Uri _targets;

    /// <exception cref="ArgumentException">An address may not be called, or carries more than a path.</exception>
    public TufAddresses(Uri metadata, Uri targets)
    {
        _metadata = Folder(metadata, nameof(metadata));
        _targets = Folder(targets, nameof(targets));
    }

    /// <summary>A role's metadata file; with a version in front of its name where the repository keeps all versions.</summary>
    public Uri Metadata(string role, long? version) =>
        new(
            _metadata,
            "./" + (version is { } number ? number.ToString(CultureInfo.InvariantCulture) + "." : "") + Uri.EscapeDataString(role) + ".json"
        );

    /// <summary>A target; in a consistent snapshot its hash stands before its last name (specification 6.2).</summary>
    /// <exception cref="TufException">The name is not a path inside the folder of targets.</exception>
    public Uri Target(TargetFile target, bool consistentSnapshot)
    {
        var segments = target.Name.Split('/');
        if (segments.Any(static s => s is "" or "." or ".." || s.Any(char.IsControl)))
        {
            throw TufRefusal.Attack(
                TufFailure.UnsafeName,
                $"target {TufRefusal.Shown(target.Name)}",
                "a path of names below the folder of targets",
                "empty names, dots or control characters"
            );
        }

        if (consistentSnapshot)
        {
            segments[^1] =
                (
                    target.Digest.Prefix
                    ?? throw TufRefusal.Attack(
                        TufFailure.HashMismatch,
                        $"target {TufRefusal.Shown(target.Name)}",
                        "a hash of a known kind",
                        "none"
                    )
                )
                + "."
                + segments[^1];
        }

        return new Uri(_targets, "./" + string.Join('/', segments.Select(Uri.EscapeDataString)));
    }

    private static Uri Folder(Uri address, string name)
    {
        if (EndpointRule.Refusal(address) is { } refusal)
        {
            throw new ArgumentException($"The address of the TUF repository is refused: {refusal}.", name);
        }

        if (address.Query != "" || address.Fragment != "")
        {
            throw new ArgumentException("The address of a TUF repository ends with its path; it has no query or fragment.", name);
        }

        return address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
    }
}
