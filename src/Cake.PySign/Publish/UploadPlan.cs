using Cake.PySign.Common.Logging;
using PySign.Formats;

namespace Cake.PySign.Publish;

/// <summary>What is to be done at one registry, made by reading it and before anything is sent.</summary>
/// <param name="Registry">The registry's address, for people.</param>
/// <param name="Uploads">Every file, in the order given.</param>
internal sealed record UploadPlan(Uri Registry, IReadOnlyList<PlannedUpload> Uploads)
{
    private const int MaxListed = 10;

    public IEnumerable<PlannedUpload> Missing => Of(PlannedState.Absent);

    /// <summary>Where another run's file lies over this one's, which came first.</summary>
    public IEnumerable<PlannedUpload> Shadowed => Of(PlannedState.Shadowed);

    /// <summary>Receipts of what needs no upload.</summary>
    public IEnumerable<UploadReceipt> Receipts =>
        Of(PlannedState.Identical).Select(upload => upload.Receipt(upload.There!, UploadState.AlreadyThere));

    /// <summary>Says what is to be done: of a long plan only what is unusual, for each file is said again when it arrived.</summary>
    public void Print(SafeLog log, bool all = false)
    {
        log.Information(
            $"Plan for {Registry}: {Missing.Count() + Shadowed.Count()} to upload, {Of(PlannedState.Identical).Count()} there already, "
                + $"{Of(PlannedState.Different).Count()} different"
        );
        var listed =
            all || Uploads.Count <= MaxListed
                ? Uploads
                : Uploads.Where(upload => upload.State is PlannedState.Different or PlannedState.Shadowed);
        foreach (var upload in listed)
        {
            log.Information(upload.ToString());
        }
    }

    /// <exception cref="PySignException">A name is taken by other bytes, in any of the plans.</exception>
    public static void RefuseDifferent(params IReadOnlyList<UploadPlan> plans)
    {
        var different = plans.SelectMany(plan => plan.Of(PlannedState.Different)).ToList();
        if (different.Count > 0)
        {
            throw Conflict(
                "the registry holds other bytes under the same names; nothing was uploaded",
                different.Select(upload => (upload.FileName, upload.Sha256, upload.There!.Sha256))
            );
        }
    }

    /// <summary>The error for names under which a registry serves other bytes, with both digests of each.</summary>
    public static PySignException Conflict(string what, IEnumerable<(string Name, Sha256Digest Here, Sha256Digest There)> files) =>
        new(
            PySignFailure.Conflict,
            $"Stopped: {what}:{Environment.NewLine}"
                + string.Join(Environment.NewLine, files.Order().Select(file => $"    {file.Name}: here {file.Here}, there {file.There}")),
            "A released file is never replaced. If another run released this version, that one stands: publish a new version. If what "
                + "is there was never "
                + "public, delete it in the registry and run again."
        );

    private IEnumerable<PlannedUpload> Of(PlannedState state) => Uploads.Where(upload => upload.State == state);
}
