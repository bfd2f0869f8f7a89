using System.Net.Http.Headers;
using System.Text;

namespace Cake.PySign.Tests.Rig;

/// <summary>Puts a distribution into the test's registry without going through the code under test.</summary>
internal static class PublishedSample
{
    public static async Task PostAsync(
        GitLabServer server,
        string fileName,
        byte[] content,
        string version = "1.0.0",
        string? claimedSha256 = null,
        string name = "hello-pysign"
    )
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"gitlab-ci-token:{GitLabServer.JobToken}"))
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent(name), "name" },
            { new StringContent(version), "version" },
            { new StringContent(claimedSha256 ?? SampleDistribution.Sha256(content)), "sha256_digest" },
            { new ByteArrayContent(content), "content", fileName },
        };
        using var answer = await http.PostAsync(server.PyPI, form);
        Assert.Equal(201, (int)answer.StatusCode);
    }
}
