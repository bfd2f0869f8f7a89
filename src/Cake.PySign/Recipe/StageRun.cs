using Cake.PySign.Recipe.Preflight;

namespace Cake.PySign.Recipe;

/// <summary>The stages in their order, for a caller that runs all of them in one task.</summary>
internal static class StageRun
{
    private static readonly (ReleaseStage Stage, Func<Release, CancellationToken, Task> Run)[] _order =
    [
        (ReleaseStage.Build, BuildStage.RunAsync),
        (ReleaseStage.Import, ImportStage.RunAsync),
        (ReleaseStage.Test, TestStage.RunAsync),
        (ReleaseStage.Preflight, PreflightStage.RunAsync),
        (ReleaseStage.Sign, SignStage.RunAsync),
        (ReleaseStage.Verify, VerifyStage.RunAsync),
        (ReleaseStage.PublishSignatures, PublishSignaturesStage.RunAsync),
        (ReleaseStage.Publish, PublishStage.RunAsync),
        (ReleaseStage.ConsumerVerification, ConsumerVerificationStage.RunAsync),
    ];

    public static async Task AllAsync(Release release, CancellationToken cancellationToken)
    {
        foreach (var (stage, run) in _order)
        {
            release.Log.Information($"--- PySign-{stage}");
            try
            {
                await run(release, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                throw StageFailure.Of(stage, e);
            }
        }
    }
}
