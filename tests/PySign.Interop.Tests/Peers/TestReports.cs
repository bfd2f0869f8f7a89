namespace PySign.Interop.Tests.Peers;

/// <summary>Tables that a person may want to read after the tests, in artifacts/test-reports.</summary>
internal static class TestReports
{
    public static Task Write(string name, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts", "test-reports"));
        return File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, TestContext.Current.CancellationToken);
    }
}
