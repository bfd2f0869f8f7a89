using Cake.PySign.Consume;
using Cake.PySign.Recipe;

namespace Cake.PySign.Tests.Recipe;

public sealed class ConsumerVerificationStageTests
{
    [Fact]
    public void A_release_larger_than_strangers_are_trusted_with_is_still_verified_whole()
    {
        var ledger = SampleLedger.Unsigned();
        var (files, bytes) = (new VerifyReleaseSettings().Limits.MaxFiles, new VerifyReleaseSettings().Limits.MaxFileBytes);
        Assert.Equal((files, bytes), Fitted(ledger));
        Assert.Equal((files, bytes + 1), Fitted(ledger with { Files = [ledger.Files[0], ledger.Files[1] with { Size = bytes + 1 }] }));
        Assert.Equal((files + 1, bytes), Fitted(ledger with { Files = [.. Enumerable.Repeat(ledger.Files[0], files + 1)] }));
    }

    private static (int Files, long Bytes) Fitted(Ledger ledger)
    {
        var settings = new VerifyReleaseSettings();
        ConsumerVerificationStage.FitTo(ledger, settings);
        return (settings.Limits.MaxFiles, settings.Limits.MaxFileBytes);
    }
}
