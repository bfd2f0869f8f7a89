using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Publish;

/// <summary>Every way in which GitLab's PyPI registry may answer, and what a person sees who publishes to it or downloads from
/// it.</summary>
public sealed class GitLabIndexBehaviorTests(GitLabHost host) : IClassFixture<GitLabHost>
{
    private static readonly Dictionary<string, GitLabBehavior> _behaviors = new(
        GitLabUploadBehaviors.All.Concat(GitLabIndexBehaviors.All),
        StringComparer.Ordinal
    );

    public static TheoryData<string> Names => [.. _behaviors.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task What_the_user_sees(string behavior) => _behaviors[behavior].PlayAsync(host);

    [Fact]
    public void Every_setting_of_a_project_is_switched_in_one_of_the_tables()
    {
        var switched = _behaviors
            .Values.Concat(GitLabGenericBehaviorTests.Behaviors.Values)
            .SelectMany(behavior => behavior.Switched())
            .Distinct();
        string[] identity = [nameof(GitLabProjectOptions.Id), nameof(GitLabProjectOptions.Path), nameof(GitLabProjectOptions.Credentials)];
        // Of GitLab's releases, which the addin does not make: the sandbox's own tests switch them.
        string[] releases = [nameof(GitLabProjectOptions.TagsExist), nameof(GitLabProjectOptions.MayCreateTags)];
        Assert.Equal(
            typeof(GitLabProjectOptions)
                .GetProperties()
                .Select(property => property.Name)
                .Except(identity)
                .Except(releases)
                .Order(StringComparer.Ordinal),
            switched.Order(StringComparer.Ordinal)
        );
    }
}
