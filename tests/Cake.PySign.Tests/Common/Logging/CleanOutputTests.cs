using Cake.Core.Diagnostics;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Common.Logging;

/// <summary>No message with a foreign part reaches a terminal or a CI log as it was written, whichever way it takes.</summary>
public sealed class CleanOutputTests : IDisposable
{
    private const string Foreign = "\u001b[2K\u001b[1A\r\n::error::forged\n##[group]x\nsection_start:1:x\r\u001b[0K\u202e\u2028";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, Func<Exception>> Failures() =>
        new()
        {
            { "ours", () => new PySignException(PySignFailure.Conflict, $"The registry said {Foreign}", $"Ask {Foreign}") },
            { "twine", () => TwineOutput.Classify([$"HTTPError: 400 {Foreign}", Foreign], 1, new Uri("https://x.example/")) },
            {
                "a release",
                () =>
                    new ReleaseVerificationException(
                        Foreign,
                        [new ReleaseProblem(Foreign, ReleaseFailure.SignatureRefused, Foreign, Foreign)]
                    )
            },
            { "a stage", () => StageFailure.Of("PySign-Sign", ReleaseStage.Sign, new InvalidOperationException(Foreign)) },
        };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void An_exception_is_clean(string name, Func<Exception> make)
    {
        var message = make().Message;
        AssertHarmless(message);
        Assert.True(message.Contains("forged", StringComparison.Ordinal), name);
        if (make() is PySignException { Advice: { } advice })
        {
            AssertHarmless(advice);
        }
    }

    [Fact]
    public void The_log_is_clean_at_every_level()
    {
        var log = new SafeLog(_rig.Log, new SecretRedactor());
        log.Information(Foreign);
        log.Warning(Foreign);
        log.Verbose(Foreign);
        log.Write(Verbosity.Diagnostic, LogLevel.Debug, Foreign);
        AssertHarmless(_rig.Log.Text);
    }

    [Fact]
    public async Task What_a_child_prints_is_clean()
    {
        var runner = new ChildProcessRunner(new SafeLog(_rig.Log, new SecretRedactor()), _rig.Environment, TimeProvider.System);
        await runner.RunAsync(
            new ChildProcessStart
            {
                Program = "/bin/sh",
                Arguments = ["-c", "printf '\\033[2Jx\\n::error::y\\n##[section]z\\n'"],
                WorkingDirectory = _rig.Folder.Path,
                Timeout = TimeSpan.FromMinutes(5),
            },
            TestContext.Current.CancellationToken
        );
        AssertHarmless(_rig.Log.Text);
    }

    [Fact]
    public void A_registrys_own_words_are_clean()
    {
        var failure = new ServiceException(ServiceFailure.Status, "registry", "GET", new Uri("https://x.example/"), "answered 400")
        {
            Status = System.Net.HttpStatusCode.BadRequest,
            BodyExcerpt = System.Text.Json.JsonSerializer.Serialize(new { message = Foreign }),
        };
        AssertHarmless(RegistryErrors.From(failure, "Reading").Message);
    }

    private static void AssertHarmless(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal), line);
            Assert.DoesNotContain("##[", line, StringComparison.Ordinal);
            Assert.DoesNotContain("section_start:", line, StringComparison.Ordinal);
            Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u202e' or '\u2028');
        }
    }
}
