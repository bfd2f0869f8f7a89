using System.Globalization;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Build;

/// <summary>The moment that archives carry: given, or from the environment, or the last commit's, or that of the file that describes the
/// project.</summary>
internal static class SourceDate
{
    // The earliest moment a zip archive can carry: 1980-01-01.
    private static readonly DateTimeOffset _zipEpoch = DateTimeOffset.FromUnixTimeSeconds(315532800);

    public static async Task<DateTimeOffset> OfAsync(
        DirectoryPath project,
        DateTimeOffset? given,
        ICakeEnvironment environment,
        GitRepository? repository,
        CancellationToken cancellationToken
    )
    {
        var moment =
            given
            ?? Read(environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"))
            ?? (repository is null ? null : await repository.CommitTimeAsync(cancellationToken).ConfigureAwait(false))
            ?? new DateTimeOffset(File.GetLastWriteTimeUtc(ProjectFolder.DescribingFile(project)));
        return moment < _zipEpoch ? _zipEpoch : moment;
    }

    private static DateTimeOffset? Read(string? epoch)
    {
        if (string.IsNullOrEmpty(epoch))
        {
            return null;
        }

        if (
            long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        )
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        throw new PySignException(
            PySignFailure.InvalidSettings,
            $"SOURCE_DATE_EPOCH is '{epoch}'; a whole number of seconds since 1970 was expected."
        );
    }
}
