using Cake.PySign.Sign;

namespace Cake.PySign.Recipe;

/// <summary>What a project shares with those that are released in the same run.</summary>
/// <param name="Signing">The session that signs them all, with one certificate.</param>
/// <param name="MoreFollow">Whether another project's files go to the same place after this one's: a GitHub release of a tag that several
/// share stays a draft until the last of them.</param>
internal sealed record ReleasedTogether(SharedSigning Signing, bool MoreFollow);
