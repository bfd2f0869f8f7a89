namespace Cake.PySign.Audit;

/// <summary>Which mirror <c>PyCheckMirror</c> compares with which index.</summary>
public sealed class PyCheckMirrorSettings : PySignSettings
{
    /// <summary>The mirror or proxy.</summary>
    /// <value>Its simple index. Required.</value>
    public IndexSettings Mirror
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>What it mirrors.</summary>
    /// <value>Default PyPI.</value>
    public IndexSettings Upstream
    {
        get;
        set => field = Setting.NotNull(value);
    } = new() { Url = AuditServices.PyPi };

    /// <summary>The projects that are compared.</summary>
    /// <value>At least one, best with attestations, a yanked release and metadata. Private names do not belong here: upstream is asked for
    /// them.</value>
    public IList<string> Packages { get; } = Setting.List<string>();
}

/// <summary>What a mirror does with something that its upstream serves.</summary>
public enum MirrorOutcome
{
    /// <summary>It is the same behind the mirror.</summary>
    Passed,

    /// <summary>It is gone behind the mirror.</summary>
    Stripped,

    /// <summary>It is something else behind the mirror.</summary>
    Changed,

    /// <summary>Upstream has nothing of the kind for these projects, so nothing can be said.</summary>
    NotSeen,

    /// <summary>One of the two could not be asked.</summary>
    Unknown,
}

/// <summary>One behavior of a mirror.</summary>
/// <param name="Name"><c>files</c>, <c>hashes</c>, <c>bytes</c>, <c>attestations</c>, <c>provenance</c>, <c>requires-python</c>,
/// <c>core-metadata</c>, <c>yanks</c>, <c>upload-times</c>, <c>urls</c>.</param>
/// <param name="Outcome">What it does.</param>
/// <param name="Detail">What was compared.</param>
/// <param name="Meaning">What an audit behind this mirror can and cannot know.</param>
public sealed record MirrorBehavior(string Name, MirrorOutcome Outcome, string Detail, string Meaning);

/// <summary>What a mirror passes through.</summary>
/// <param name="MirrorUrl">The mirror's address.</param>
/// <param name="UpstreamUrl">Its upstream's.</param>
/// <param name="Behaviors">One each, always in the same order.</param>
public sealed record MirrorReport(Uri MirrorUrl, Uri UpstreamUrl, IReadOnlyList<MirrorBehavior> Behaviors)
{
    /// <summary>Whether whatever the mirror serves is what its upstream serves: the same digests, bytes and provenance.</summary>
    /// <value>What is left out does not count, nor do addresses and upload times that differ.</value>
    public bool IsFaithful => Behaviors.All(static one => one.Outcome != MirrorOutcome.Changed || one.Name is "urls" or "upload-times");
}
