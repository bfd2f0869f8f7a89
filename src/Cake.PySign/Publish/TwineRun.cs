using Cake.Core.IO;
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
    /// <summary>How long a failed run waits for what is being read back just then; it is looked at again, or by the next run.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <returns>The failure after which the registry is to be looked at; <see langword="null"/> when twine was content.</returns>
    public async Task<PySignException?> RunAsync(
        List<LocalDistribution> missing,
        PrivateCopies copies,
        TwineUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        // 1. The command, with private copies of what is uploaded: nobody else can change them from here on.
        using var neutral = new NeutralFolder();
        var readBack = new TwineReadBack(missing, remote, desk, services.Time);
        var start = Command(settings, neutral.Path).Upload(Paths(missing, copies));
        start = start with { Variables = WithCertificates(start.Variables, settings, neutral.Path), OnLine = readBack.Line };

        // 2. twine, while what arrives is read back.
        var result = await RunReadingBackAsync(start, readBack, cancellationToken).ConfigureAwait(false);

        // 3. What it said.
        return result.ExitCode == 0 ? null : Failure(result, missing);
    }

    /// <summary>Other bytes than ours at the registry end twine.</summary>
    private async Task<ChildProcessResult> RunReadingBackAsync(
        ChildProcessStart start,
        TwineReadBack readBack,
        CancellationToken cancellationToken
    )
    {
        using var twine = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopped = EndWhereOthersAreServedAsync();
        ChildProcessResult? result = null;
        try
        {
            result = await services.Processes.RunAsync(start, twine.Token).ConfigureAwait(false);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw (await stopped.ConfigureAwait(false))!;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await FinishAsync(stopped, reading, isPatient: result is { ExitCode: 0 }).ConfigureAwait(false);
        }

        async Task<PySignException?> EndWhereOthersAreServedAsync()
        {
            var reason = await readBack.RunAsync(ended.Token, reading.Token).ConfigureAwait(false);
            if (reason is not null)
            {
                await twine.CancelAsync().ConfigureAwait(false);
            }

            return reason;
        }
    }

    /// <summary>Lets the reading back come to its end: nothing that arrived is read twice. A failure waits for it only so long.</summary>
    private async Task FinishAsync(Task stopped, CancellationTokenSource reading, bool isPatient)
    {
        var patience = isPatient ? Timeout.InfiniteTimeSpan : Patience;
        var limit = services.Time.CreateTimer(_ => reading.Cancel(), null, patience, Timeout.InfiniteTimeSpan);
        await using (limit.ConfigureAwait(false))
        {
            await stopped.ConfigureAwait(false);
        }
    }

    private TwineCommand Command(TwineUploadSettings settings, DirectoryPath neutral) =>
        new()
        {
            Python = python,
            Repository = target.Repository,
            Attestations = attestations is not null,
            UserName = target.UserName!,
            Password = target.Password!,
            WorkingDirectory = neutral,
            Timeout = settings.Timeout,
        };

    private List<FilePath> Paths(List<LocalDistribution> missing, PrivateCopies copies) =>
        [
            .. missing.Select(file => copies.Of(file.Path, file.Sha256)),
            .. attestations?.PathsOf(missing).Select(path => attestations.RequireSame(path, copies.Of(path))) ?? [],
        ];

    private IReadOnlyDictionary<string, string?> WithCertificates(
        IReadOnlyDictionary<string, string?> variables,
        TwineUploadSettings settings,
        DirectoryPath neutral
    ) =>
        ToolCertificates.Into(
            variables,
            CaFile.Of(settings.Network.CaFile, services.Environment),
            neutral,
            ToolCertificates.Twine,
            services.Environment
        );

    /// <returns>A failure after which the registry is to be looked at.</returns>
    /// <exception cref="PySignException">Any other failure.</exception>
    private PySignException Failure(ChildProcessResult result, List<LocalDistribution> missing)
    {
        var lines = result.Lines.Select(line => line.Text).ToList();
        var failure = TwineOutput.Classify(lines, result.ExitCode, target.Repository, python, missing);
        return failure.Reason is PySignFailure.Conflict or PySignFailure.Unauthorized || Retries.MayPass(failure) ? failure : throw failure;
    }
}
