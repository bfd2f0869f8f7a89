using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>One start of twine after the other, each with what is still missing. What arrives is read back while twine goes on, and other
/// bytes stop it.</summary>
internal sealed class TwineRun(
    Services services,
    PythonInterpreter python,
    TwineTarget target,
    UploadAttestations? attestations,
    PublishedFiles remote,
    ReceiptDesk desk
)
{
    /// <returns>The failure after which the registry is to be looked at; <see langword="null"/> when twine was content.</returns>
    public async Task<PySignException?> RunAsync(
        List<LocalDistribution> missing,
        TwineUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        using var neutral = new NeutralFolder();
        using var copies = new PrivateCopies();
        var readBack = new TwineReadBack(missing, remote, desk, services.Time);
        using var twine = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var command = new TwineCommand
        {
            Python = python,
            Repository = target.Repository,
            Attestations = attestations is not null,
            UserName = target.UserName!,
            Password = target.Password!,
            WorkingDirectory = neutral.Path,
            Timeout = settings.Timeout,
        };
        var start = command.Upload([
            .. missing.Select(file => copies.Of(file.Path, file.Sha256)),
            .. attestations?.PathsOf(missing).Select(path => attestations.RequireSame(path, copies.Of(path))) ?? [],
        ]);
        start = start with
        {
            Variables = ToolCertificates.Into(
                start.Variables,
                CaFile.Of(settings.Network.CaFile, services.Environment),
                neutral.Path,
                ToolCertificates.Twine,
                services.Environment
            ),
            OnLine = readBack.Line,
        };
        var stopped = StopAsync();
        ChildProcessResult result;
        try
        {
            result = await services.Processes.RunAsync(start, twine.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw (await stopped.ConfigureAwait(false))!;
        }
        finally
        {
            await reading.CancelAsync().ConfigureAwait(false);
            await stopped.ConfigureAwait(false);
        }

        if (result.ExitCode == 0)
        {
            return null;
        }

        var failure = TwineOutput.Classify(
            [.. result.Lines.Select(line => line.Text)],
            result.ExitCode,
            target.Repository,
            python,
            missing
        );
        return failure.Reason == PySignFailure.Conflict || Retries.MayPass(failure) ? failure : throw failure;

        async Task<PySignException?> StopAsync()
        {
            var reason = await readBack.RunAsync(reading.Token).ConfigureAwait(false);
            if (reason is not null)
            {
                await twine.CancelAsync().ConfigureAwait(false);
            }

            return reason;
        }
    }
}
