namespace Cake.PySign.Audit;

/// <summary>What two publishers have in common. What is not remembered of one is not compared.</summary>
internal static class PublisherChanges
{
    public static bool IsSame(AuditedPublisher before, AuditedPublisher now) => Between(before, now).Count == 0;

    public static IReadOnlyList<AuditedChange> Between(AuditedPublisher before, AuditedPublisher now)
    {
        var detail = $"was {AuditText.Shown(before.ToString())}, is {AuditText.Shown(now.ToString())}";
        var changes = new List<AuditedChange>();
        if (before.Kind != now.Kind || Text(before.Email) != Text(now.Email))
        {
            return [new AuditedChange(AuditChange.PublisherChanged, detail)];
        }

        if (Text(before.Repository) is { } repository && repository != now.Repository)
        {
            if (!IsMoved(repository, now.Repository ?? ""))
            {
                return [new AuditedChange(AuditChange.PublisherChanged, detail)];
            }

            changes.Add(new AuditedChange(AuditChange.RepositoryMoved, detail));
        }

        if (
            (Text(before.Workflow) is { } workflow && workflow != now.Workflow)
            || (Text(before.Environment) is { } environment && environment != Text(now.Environment))
        )
        {
            changes.Add(new AuditedChange(AuditChange.WorkflowChanged, detail));
        }

        return changes;
    }

    // Another owner of a repository of the same name, or the same in another case: what a rename or a transfer looks like.
    private static bool IsMoved(string before, string now) =>
        string.Equals(before, now, StringComparison.OrdinalIgnoreCase)
        || string.Equals(before.Split('/')[^1], now.Split('/')[^1], StringComparison.OrdinalIgnoreCase);

    // Documents of 2024 have an empty environment where newer ones have null.
    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
