using System.Globalization;
using System.Text.Json;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>How old the trust is where no TUF repository was asked: the embedded one ends with the TUF root that it came with.</summary>
internal static class TrustAge
{
    // Time to take a newer version of this package before releases stop.
    private static readonly TimeSpan _soon = TimeSpan.FromDays(60);

    public static void Check(PreflightContext check)
    {
        var trust = check.Release.Trust;
        if (trust.TrustedRoot is not null)
        {
            check.Report.Unknown($"whether the trusted root '{trust.TrustedRoot}' is still what its instance says: it is a file");
        }
        else if (trust.TufOffline)
        {
            check.Report.Unknown("whether the cached trust is still what its instance says: no TUF repository was asked");
        }
        else if (trust is { TufMirror: null, Source: TrustSource.Embedded })
        {
            Embedded(check, Expires(), check.Release.Time.GetUtcNow());
        }
    }

    internal static void Embedded(PreflightContext check, DateTimeOffset expires, DateTimeOffset now)
    {
        var date = expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (expires <= now)
        {
            check.Add(
                ReleaseStage.Sign,
                PreflightReason.TrustOld,
                "trust",
                $"The embedded trust ended on {date}: keys of Sigstore may have changed since.",
                "Take the trust by TUF (--trust=tuf, the default), or a newer version of Cake.PySign."
            );
            return;
        }

        var left = expires - now < _soon ? $", in {(expires - now).Days} days" : "";
        check.Report.Unknown(
            $"whether the embedded trust, which ends on {date}{left}, is still what its instance says: no TUF repository was asked"
        );
    }

    private static DateTimeOffset Expires()
    {
        using var root = typeof(TrustedRoot).Assembly.GetManifestResourceStream("PySign.Sigstore.Trust.Embedded.root.json")!;
        using var json = JsonDocument.Parse(root);
        return json.RootElement.GetProperty("signed").GetProperty("expires").GetDateTimeOffset();
    }
}
