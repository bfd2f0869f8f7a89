namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>A job of the release's pipeline, as the CI files of recipes/ have it.</summary>
/// <param name="Stage">The stage whose task it runs.</param>
/// <param name="Needs">The jobs whose artifacts it is given.</param>
/// <param name="HandsOn">What it leaves as artifacts.</param>
/// <param name="SignsAsItself">Whether it has an identity token for Sigstore.</param>
/// <param name="PublishesAsItself">Whether it has one for an index that takes such, and the environment that goes with it.</param>
/// <param name="Uploads">Whether it has the credentials of index and store.</param>
internal sealed record PlayedJob(
    ReleaseStage Stage,
    IReadOnlyList<ReleaseStage> Needs,
    PlayedArtifacts HandsOn,
    bool SignsAsItself = false,
    bool PublishesAsItself = false,
    bool Uploads = false
)
{
    /// <summary>The jobs in their order. Tests and preflight hand on their records alone: the distributions go from the build past
    /// them.</summary>
    /// <param name="imports">Whether wheels of other jobs are taken in.</param>
    public static IReadOnlyList<PlayedJob> All(bool imports)
    {
        var built = imports ? ReleaseStage.Import : ReleaseStage.Build;
        PlayedJob[] import = imports ? [new(ReleaseStage.Import, [ReleaseStage.Build], PlayedArtifacts.Dist)] : [];
        return
        [
            new(ReleaseStage.Build, [], PlayedArtifacts.Dist),
            .. import,
            new(ReleaseStage.Test, [built], PlayedArtifacts.TestResults),
            new(
                ReleaseStage.Preflight,
                [built, ReleaseStage.Test],
                PlayedArtifacts.TestResults,
                SignsAsItself: true,
                PublishesAsItself: true,
                Uploads: true
            ),
            new(
                ReleaseStage.Sign,
                [built, ReleaseStage.Test, ReleaseStage.Preflight],
                PlayedArtifacts.Dist,
                SignsAsItself: true,
                Uploads: true
            ),
            new(ReleaseStage.Verify, [ReleaseStage.Sign], PlayedArtifacts.Dist),
            new(ReleaseStage.PublishSignatures, [ReleaseStage.Verify], PlayedArtifacts.Dist, Uploads: true),
            new(ReleaseStage.Publish, [ReleaseStage.PublishSignatures], PlayedArtifacts.Dist, PublishesAsItself: true, Uploads: true),
            new(ReleaseStage.ConsumerVerification, [ReleaseStage.Publish], PlayedArtifacts.Everything),
        ];
    }
}

/// <summary>What a job leaves as artifacts.</summary>
[Flags]
internal enum PlayedArtifacts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The folder between the stages: distributions, signatures, ledger.</summary>
    Dist = 1,

    /// <summary>The folder of the test report, with the records of tests and preflight.</summary>
    TestResults = 2,

    /// <summary>What an independent consumer downloaded.</summary>
    Consumer = 4,

    /// <summary>The report of the release.</summary>
    Report = 8,

    /// <summary>All of it, for the person who rehearses.</summary>
    Everything = Dist | Consumer | Report,
}
