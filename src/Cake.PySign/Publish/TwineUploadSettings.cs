using Cake.Core.IO;
using Cake.PySign.Verify;

namespace Cake.PySign.Publish;

/// <summary>Where <c>TwineUpload</c> publishes, and as whom.</summary>
/// <remarks>Bytes that are read back are compared by digest wherever they come from, and credentials stay with the index.</remarks>
public sealed class TwineUploadSettings : PySignSettings
{
    /// <summary>The upload endpoint.</summary>
    /// <value>For example <c>https://gitlab.com/api/v4/projects/42/packages/pypi</c>. https, or http on loopback; never with credentials in
    /// it. Required.</value>
    public Uri? RepositoryUrl { get; set; }

    /// <summary>The simple index that shows what was uploaded, and as whom it is uploaded and read.</summary>
    /// <value>Address: by default <c>/simple</c> below a GitLab <see cref="RepositoryUrl"/>, and PyPI's own index for PyPI; any other
    /// registry needs it. User, such as <c>gitlab-ci-token</c> or <c>__token__</c>, and password or token: by default the variables
    /// <c>TWINE_USERNAME</c> and <c>TWINE_PASSWORD</c>. They go to <see cref="RepositoryUrl"/>, through twine, which gets them in its
    /// environment only, and to the index's own origin; PyPI's index, which is public, is read without them.</value>
    public IndexSettings Index
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether the job's own identity is exchanged for an upload token (trusted publishing), instead of a token that was made
    /// beforehand.</summary>
    /// <value>By default where no password is given and <see cref="RepositoryUrl"/> is PyPI's or TestPyPI's. The
    /// token is made once in a run, kept in memory, and handed to twine in its environment only.</value>
    public PySignChoice TrustedPublishing { get; set; }

    /// <summary>Whether the attestations beside the files (<c>PyPiAttest</c>) are uploaded with them.</summary>
    /// <value>Default <see langword="false"/>. With <see langword="true"/>, each must verify before anything is sent, and the index must
    /// serve exactly them afterwards. It needs twine 6.1 or newer.</value>
    public bool UploadAttestations { get; set; }

    /// <summary>How <see cref="UploadAttestations"/> are verified before they are sent, and where they are read back.</summary>
    /// <value>Without a publisher, they must be this very job's, where it publishes by <see cref="TrustedPublishing"/>. Without an
    /// integrity URL, it is <c>/integrity</c> beside the index's <c>/simple</c>; without an integrity user and password, the index's own
    /// are shown to it where it is of the same origin.</value>
    public PyPiVerifyAttestationsSettings AttestationVerification
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>The interpreter that has the <c>twine</c> module.</summary>
    /// <value>A file; default: <c>PYSIGN_PYTHON</c>, <c>VIRTUAL_ENV</c>, PATH, the system's, in this order.</value>
    public FilePath? Python { get; set; }

    /// <summary>How long twine may take for one file.</summary>
    /// <value>Default 15 minutes, counted from its last line. After that the whole process tree is ended.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the registry may take to show an uploaded file in its index.</summary>
    /// <value>Default 2 minutes. A file that is not there by then is an error.</value>
    public TimeSpan ReadBackTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether only the plan is made and printed.</summary>
    /// <value>Default <see langword="false"/>. The index is read and nothing is sent; the receipts are those of files that are there
    /// already.</value>
    public bool DryRun { get; set; }

    /// <summary>Called for each file as soon as the index was seen to serve it.</summary>
    /// <value>Calls come one at a time, on any thread; the upload does not end before they have. An exception from it ends the
    /// upload.</value>
    public Action<UploadReceipt>? Received { get; set; }
}
