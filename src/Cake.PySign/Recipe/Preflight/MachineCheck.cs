using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Recipe.Report;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>This machine: room for what the release writes, and folders that can be written to.</summary>
internal static class MachineCheck
{
    // Signatures, receipts, logs and the consumer's copies in addition to the distributions themselves.
    private const long Spare = 64L << 20;

    public static void Check(PreflightContext check)
    {
        var environment = check.Release.Context.Environment;
        var size = check.Ledger.Files.Sum(file => file.Size);
        (DirectoryPath Path, long Needed, ReleaseStage Stage)[] folders =
        [
            (check.Release.Dist.Path, Spare, ReleaseStage.Sign),
            (check.Options.ConsumerDirectory.MakeAbsolute(environment), size + Spare, ReleaseStage.ConsumerVerification),
#pragma warning disable RS0030 // Whether the place that the runtime chooses for temporary files has room is what is asked here.
            (new DirectoryPath(System.IO.Path.GetTempPath()), size + Spare, ReleaseStage.Publish),
#pragma warning restore RS0030
        ];
        CheckReport(check);
        foreach (var (path, needed, stage) in folders)
        {
            var existing = path;
            while (!Directory.Exists(existing.FullPath) && existing.GetParent() is { } parent && parent.FullPath != existing.FullPath)
            {
                existing = parent;
            }

            CheckWritable(check, existing, stage);
            CheckSpace(check, existing, needed, stage);
        }
    }

    private static void CheckReport(PreflightContext check)
    {
        try
        {
            ReleaseReportFiles.Require(check.Release);
        }
        catch (PySignException e)
        {
            var folder = check.Release.Options.ReportDirectory;
            check.Add(ReleaseStage.Publish, PreflightReason.NotWritable, folder.FullPath, e.Message, e.Advice ?? "");
        }
    }

    private static void CheckWritable(PreflightContext check, DirectoryPath folder, ReleaseStage stage)
    {
        try
        {
            AtomicFile.TryFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            check.Add(
                stage,
                PreflightReason.NotWritable,
                folder.FullPath,
                $"Nothing can be written to '{folder}': {e.Message}",
                "Correct the permissions, or name another folder."
            );
        }
    }

    private static void CheckSpace(PreflightContext check, DirectoryPath folder, long needed, ReleaseStage stage)
    {
        try
        {
            var free = new DriveInfo(folder.FullPath).AvailableFreeSpace;
            if (free < needed)
            {
                check.Add(
                    stage,
                    PreflightReason.NoSpace,
                    folder.FullPath,
                    $"'{folder}' has {free >> 20} MiB left; the release needs about {needed >> 20} MiB.",
                    "Make room before the release is signed."
                );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            check.Report.Unknown($"how much room is left at {folder}");
        }
    }
}
