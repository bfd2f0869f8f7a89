using Cake.PySign.Recipe.Preflight;

namespace Cake.PySign.Recipe;

/// <summary>A stage of a release: what it does, and how its task describes it.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Description">What it does for one project.</param>
/// <param name="OfProjects">What it does where several projects are released together.</param>
/// <param name="Run">Does it, for one project.</param>
internal sealed record StageWork(ReleaseStage Stage, string Description, string OfProjects, Func<Release, CancellationToken, Task> Run)
{
    /// <summary>The stages in their order. The exit codes are older than some of them, and say nothing of it.</summary>
    public static IReadOnlyList<StageWork> InOrder { get; } =
    [
        new(ReleaseStage.Build, "Builds wheel and sdist, and a new ledger.", "Builds each project.", BuildStage.RunAsync),
        new(
            ReleaseStage.Import,
            "Takes wheels that other jobs built, and checks that the release is whole.",
            "Takes what other jobs built, for each project.",
            ImportStage.RunAsync
        ),
        new(ReleaseStage.Test, "Runs the project's tests against the wheel that was built.", "Tests each project.", TestStage.RunAsync),
        new(
            ReleaseStage.Preflight,
            "Finds out what would stop the release, before anything is signed.",
            "Finds out what would stop the release of any project.",
            PreflightStage.RunAsync
        ),
        new(ReleaseStage.Sign, "Signs every distribution with Sigstore.", "Signs all projects with one certificate.", SignStage.RunAsync),
        new(ReleaseStage.Verify, "Verifies every distribution against its bundle.", "Verifies each project.", VerifyStage.RunAsync),
        new(
            ReleaseStage.PublishSignatures,
            "Publishes the signatures, before the packages.",
            "Publishes the signatures of each project, before any package.",
            PublishSignaturesStage.RunAsync
        ),
        new(
            ReleaseStage.Publish,
            "Publishes the distributions, once their signatures are public.",
            "Publishes each project.",
            PublishStage.RunAsync
        ),
        new(
            ReleaseStage.ConsumerVerification,
            "Downloads and verifies everything as an independent consumer.",
            "Verifies each project as an independent consumer.",
            ConsumerVerificationStage.RunAsync
        ),
    ];

    /// <summary>Where a stage stands in the release; reading the parameters comes first, what is not a stage of a release after
    /// them.</summary>
    public static int PlaceOf(ReleaseStage stage)
    {
        var place = InOrder.Index().FirstOrDefault(one => one.Item.Stage == stage, (Index: InOrder.Count, Item: InOrder[0])).Index;
        return stage == ReleaseStage.Configuration ? -1 : place;
    }
}
