namespace PySign.Sigstore.Tuf;

/// <summary>
/// A targets role by the way that leads to it. The same name reached over another delegator is another role here: it must
/// also be signed by the keys that that delegator names, and may not borrow the belief in the first.
/// </summary>
internal sealed record TargetsRole(string Name, TargetsRole? Delegator, DelegatedRole? Delegation)
{
    public static readonly TargetsRole Top = new(TopLevel.Targets, null, null);

    public string Subject => Delegation is null ? Name : $"delegated role {TufRefusal.Shown(Name)}";
}
