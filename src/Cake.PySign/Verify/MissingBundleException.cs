namespace Cake.PySign.Verify;

/// <summary>There is no usable bundle for a file. Internal: it becomes one of the failures of the whole set.</summary>
internal sealed class MissingBundleException(BlobFailure failure) : Exception(failure.Cause)
{
    public BlobFailure Failure { get; } = failure;
}
