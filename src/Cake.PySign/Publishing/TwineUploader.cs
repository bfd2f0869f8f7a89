using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Processes;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;

namespace Cake.PySign.Publishing;

/// <summary>
/// Compares with the index, lets twine upload what is missing, and reads it back. A rerun after a half upload goes on where it stopped:
/// the same bytes are success, other bytes under the same name stop before anything is sent.
/// </summary>
internal sealed class TwineUploader(
    ICakeEnvironment environment,
    SafeLog log,
    IChildProcessRunner processes,
    RegistryConnections connections,
    TimeProvider time)
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(2);

    public static TwineUploader For(ICakeContext context)
    {
        var log = SafeLog.For(context);
        return new TwineUploader(context.Environment, log, ChildProcessRunner.For(context, log), RegistryConnections.Real, TimeProvider.System);
    }

    public async Task<IReadOnlyList<UploadReceipt>> UploadAsync(IEnumerable<FilePath> files, TwineUploadSettings settings, CancellationToken cancellationToken)
    {
        var target = TwineTarget.From(settings, environment);
        log.Redactor.Add(target.Password);
        var paths = FileList.Require(files, environment, "publish");
        var local = paths.Select(Open).ToList();
        RequireDistinctNames(local);
        using var connection = connections.Basic(target.Index, target.UserName, target.Password, settings.AllowStorageRedirects, log);
        var remote = new PublishedFiles(connection, target.Index);

        var there = await remote.FindAsync(local, cancellationToken).ConfigureAwait(false);
        RefuseOtherBytes(local, there, "nothing was uploaded");
        var missing = local.Where(file => !there.ContainsKey(file)).ToList();
        if (missing.Count > 0)
        {
            await RunTwineAsync(target, missing, remote, settings, cancellationToken).ConfigureAwait(false);
        }

        var published = await ReadBackAsync(missing, remote, settings.ReadBackTimeout, cancellationToken).ConfigureAwait(false);
        return [.. local.Select(file => published.TryGetValue(file, out var sent)
            ? Receipt(file, sent, UploadState.Uploaded)
            : Receipt(file, there[file], UploadState.AlreadyThere))];
    }

    private static LocalDistribution Open(FilePath path)
    {
        try
        {
            var distribution = Distribution.Read(path.FullPath);
            return new LocalDistribution(path, path.GetFilename().FullPath, ProjectName.Parse(distribution.Name), FileDigest.Of(path));
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"'{path}' is not a distribution that can be published: {e.Message}",
                "Only wheels (.whl) and sdists (.tar.gz) are published here; signatures go to a generic registry.",
                e);
        }
    }

    private static void RequireDistinctNames(List<LocalDistribution> local)
    {
        if (local.GroupBy(file => file.FileName, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"Two files are called {twice.Key}.", "Publish one of them.");
        }
    }

    private static void RefuseOtherBytes(IEnumerable<LocalDistribution> local, IReadOnlyDictionary<LocalDistribution, RegistryDownload> there, string state)
    {
        var other = local
            .Where(file => there.TryGetValue(file, out var existing) && existing.Sha256 != file.Sha256)
            .Select(file => $"    {file.FileName}: here {file.Sha256}, there {there[file].Sha256}")
            .ToList();
        if (other.Count > 0)
        {
            throw new PySignException(
                PySignFailure.Conflict,
                $"The registry holds other bytes under the same names; {state}:{Environment.NewLine}{string.Join(Environment.NewLine, other)}",
                "A released file is never replaced: publish a new version, or publish the very files of the first run.");
        }
    }

    private async Task RunTwineAsync(
        TwineTarget target,
        List<LocalDistribution> missing,
        PublishedFiles remote,
        TwineUploadSettings settings,
        CancellationToken cancellationToken)
    {
        var python = await new PythonLocator(processes, environment, log).FindAsync(settings.PythonPath, "twine", cancellationToken).ConfigureAwait(false);
        using var neutral = new NeutralFolder();
        var start = TwineCommand.Upload(
            python, target.Repository, missing.Select(file => file.Path), target.UserName, target.Password, neutral.Path, settings.Timeout);
        var result = await processes.RunAsync(start, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            return;
        }

        var error = TwineOutput.Classify([.. result.Lines.Select(line => line.Text)], result.ExitCode, target.Repository);
        if (error.Reason is not (PySignFailure.Conflict or PySignFailure.Unreachable))
        {
            throw error;
        }

        // twine repeats a request whose answer was lost and then meets its own file: what the registry serves decides.
        IReadOnlyDictionary<LocalDistribution, RegistryDownload> there;
        try
        {
            there = await remote.FindAsync(missing, cancellationToken).ConfigureAwait(false);
        }
        catch (PySignException)
        {
            throw error;
        }

        RefuseOtherBytes(missing, there, "another run may have published at the same time");
        if (!missing.All(there.ContainsKey))
        {
            throw error;
        }

        log.Warning("twine reported a failure, but the registry serves exactly these files");
    }

    private async Task<IReadOnlyDictionary<LocalDistribution, RegistryDownload>> ReadBackAsync(
        List<LocalDistribution> uploaded,
        PublishedFiles remote,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        if (uploaded.Count == 0)
        {
            return new Dictionary<LocalDistribution, RegistryDownload>();
        }

        var started = time.GetTimestamp();
        while (true)
        {
            var there = await remote.FindAsync(uploaded, cancellationToken).ConfigureAwait(false);
            RefuseOtherBytes(uploaded, there, "what twine uploaded is not what is served");
            if (uploaded.All(there.ContainsKey))
            {
                return there;
            }

            if (time.GetElapsedTime(started) >= patience)
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"twine reported success, but after {patience:g} the index at {remote.Index} does not list: "
                        + string.Join(", ", uploaded.Where(file => !there.ContainsKey(file)).Select(file => file.FileName)),
                    "Check that IndexUrl belongs to RepositoryUrl; run again when the registry has caught up.");
            }

            // PyPI's index is behind a cache; GitLab's shows a file at once.
            await Task.Delay(_pollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private UploadReceipt Receipt(LocalDistribution file, RegistryDownload there, UploadState state)
    {
        log.Information($"{(state == UploadState.Uploaded ? "Published" : "Already published")}: {there.Url}  sha256 {there.Sha256}");
        return new UploadReceipt(file.Path, there.Url, file.Sha256, there.Size, state);
    }
}
