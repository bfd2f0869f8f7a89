using System.Net.Http.Headers;
using System.Text;
using Cake.PySign.Sandbox;

namespace Cake.PySign.Tests.Rig;

/// <summary>A wheel of the sample that somebody put on the sandbox's PyPI before.</summary>
internal static class SampleUpload
{
    public static async Task ToPyPiAsync(PySignSandbox sandbox, string token, string version)
    {
        var bytes = SampleDistribution.Wheel(version: version);
        using var http = new HttpClient { BaseAddress = sandbox.Info.BaseUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"__token__:{token}"))
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("hello-pysign"), "name" },
            { new StringContent(version), "version" },
            { new StringContent("bdist_wheel"), "filetype" },
            { new StringContent(SampleDistribution.Sha256(bytes)), "sha256_digest" },
            { new ByteArrayContent(bytes), "content", $"hello_pysign-{version}-py3-none-any.whl" },
        };
        using var answer = await http.PostAsync(new Uri("/legacy/", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
    }
}
