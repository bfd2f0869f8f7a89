using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Verification;

public sealed class AttackTests
{
    public static TheoryData<string> Names() => [.. Attacks.All.Select(static attack => attack.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_good_bundle_with_one_fact_changed_is_stopped_by_the_check_for_that_fact(string name)
    {
        var attack = Attacks.All.Single(a => a.Name == name);
        var forge = new Forge();
        attack.Change(forge);
        Assert.Equal(attack.Reason, forge.Refusal());
    }

    [Fact]
    public void There_are_many_attacks_and_each_has_its_own_name() =>
        Assert.InRange(
            Attacks.All.Select(static attack => attack.Name).Distinct().Count(),
            Math.Max(120, Attacks.All.Count),
            Attacks.All.Count
        );
}
