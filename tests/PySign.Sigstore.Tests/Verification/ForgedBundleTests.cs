using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Verification;

public sealed class ForgedBundleTests
{
    [Fact]
    public void An_honest_bundle_logged_in_rekor_v1_verifies()
    {
        var verified = new Forge().Verify();
        Assert.Equal(Forge.Identity, verified.Identity);
        Assert.Equal(2, verified.Timestamps.Count);
    }

    [Fact]
    public void An_honest_bundle_logged_in_rekor_v2_verifies()
    {
        var verified = new Forge { RekorV2 = true }.Verify();
        Assert.Equal("hashedrekord/0.0.2", Assert.Single(verified.LogEntries).Kind);
    }
}
