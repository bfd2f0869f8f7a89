using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Rig;

/// <summary>One way in which GitLab may answer, and what its user gets to see of it.</summary>
/// <param name="Switch">The project's settings that make GitLab answer so.</param>
/// <param name="Call">What the user does.</param>
/// <param name="Refusal">The reason why it ends, or null where it succeeds.</param>
/// <param name="Words">The essential words of the error, or of the result.</param>
/// <param name="Stored">How many files the project's registries hold afterwards, where that matters.</param>
internal sealed record GitLabBehavior(
    Func<GitLabProjectOptions, GitLabProjectOptions> Switch,
    Func<GitLabUser, Task<string>> Call,
    PySignFailure? Refusal,
    string Words,
    int? Stored = null
)
{
    public async Task PlayAsync(GitLabHost host)
    {
        using var user = new GitLabUser(host, Switch(GitLabUser.Project));
        string seen;
        try
        {
            seen = await Call(user);
            Assert.True(Refusal is null, $"Expected {Refusal}, and it succeeded: {seen}");
        }
        catch (PySignException e)
        {
            seen = e.Message;
            Assert.True(e.Reason == Refusal, $"Expected {Refusal?.ToString() ?? "success"}, found {e.Reason}: {seen}");
            Assert.False(string.IsNullOrEmpty(e.Advice) && Refusal != PySignFailure.InvalidSettings, $"No advice: {seen}");
        }

        Assert.Contains(Words, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", seen + user.Log, StringComparison.Ordinal);
        if (Stored is { } count)
        {
            Assert.Equal(count, user.Instance.Stored().Count);
        }
    }

    /// <summary>The settings of the project that this one changes.</summary>
    public IEnumerable<string> Switched()
    {
        var changed = Switch(GitLabUser.Project);
        return typeof(GitLabProjectOptions)
            .GetProperties()
            .Where(property => !Equals(property.GetValue(GitLabUser.Project), property.GetValue(changed)))
            .Select(property => property.Name);
    }
}
