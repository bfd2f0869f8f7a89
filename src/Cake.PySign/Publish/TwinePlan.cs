using Cake.PySign.Common.Logging;

namespace Cake.PySign.Publish;

/// <summary>A plan for an index, with what twine needs to carry it out.</summary>
/// <param name="Uploads">What is to be sent.</param>
/// <param name="Local">The distributions.</param>
/// <param name="Target">Where they go.</param>
/// <param name="Attestations">What goes up with the distributions; null for nothing.</param>
/// <param name="Foreign">Files of the same version that the index has and that are not among the distributions.</param>
/// <param name="AlsoInstallable">Files that an installer takes for the version though they are of another or in no form that the standards
/// know.</param>
internal sealed record TwinePlan(
    UploadPlan Uploads,
    IReadOnlyList<LocalDistribution> Local,
    TwineTarget Target,
    UploadAttestations? Attestations,
    IReadOnlyList<string> Foreign,
    IReadOnlyList<string> AlsoInstallable
)
{
    public List<LocalDistribution> Missing()
    {
        var missing = Uploads.Missing.Select(upload => upload.Path.FullPath).ToHashSet(StringComparer.Ordinal);
        return [.. Local.Where(file => missing.Contains(file.Path.FullPath))];
    }

    public void Print(SafeLog log, bool all = false)
    {
        Uploads.Print(log, all);
        foreach (var name in Foreign)
        {
            log.Warning($"    NOT OURS   {name}: the index has it in the same version");
        }

        foreach (var name in AlsoInstallable)
        {
            log.Warning($"    BESIDE     {name}: pip takes it where this version is asked for");
        }
    }

    /// <summary>Whoever publishes a whole release knows all of its files: one more is another release of the same version, or somebody
    /// else's.</summary>
    /// <param name="lookalikes">Whether files of other versions that pip takes for this one are meant to be there.</param>
    /// <exception cref="PySignException">The index has a file of this version, or one that pip takes for it, that is not of this
    /// release.</exception>
    public void RefuseStrangers(bool lookalikes)
    {
        IReadOnlyList<string> others = lookalikes ? Foreign : [.. Foreign, .. AlsoInstallable];
        if (others.Count > 0)
        {
            throw new PySignException(
                PySignFailure.Conflict,
                $"Stopped: the index at {Target.Index} has files that installers take for this version and that are not of this release; "
                    + "nothing was "
                    + $"uploaded:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, others.Select(name => "    " + name)),
                "Find out who published them. If another release of this version stands, publish a new version; if they were never "
                    + "public, delete them and run again."
            );
        }
    }
}
