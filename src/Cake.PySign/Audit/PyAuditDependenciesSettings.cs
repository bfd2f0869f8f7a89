using Cake.Core.IO;

namespace Cake.PySign.Audit;

/// <summary>How <c>PyAuditDependencies</c> judges locked packages, and what it writes.</summary>
/// <remarks>By default the embedded trust is believed, so that nobody is asked but indexes. At most 8 requests are under way at a time
/// unless <see cref="NetworkSettings.MaxParallel"/> says otherwise; 64 is the most. A storage redirect is never followed.</remarks>
public sealed class PyAuditDependenciesSettings : TrustingSettings
{
    /// <summary>The policy and memory file.</summary>
    /// <value>Default <c>pysign-dependencies.toml</c>; where it does not exist, everything is collected.</value>
    public FilePath DependencyPolicyFile
    {
        get;
        set => field = Setting.NotNull(value);
    } = "pysign-dependencies.toml";

    /// <summary>The index that is asked in place of those that the lock files name.</summary>
    /// <value>For example <c>https://mirror.example/simple</c>; without an address what the lock file names is asked, and PyPI where it
    /// names none.</value>
    public IndexSettings Index
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Groups that are judged, and the default one.</summary>
    /// <value><see langword="null"/> for all; an empty list for the default group alone.</value>
    public IList<string>? Groups { get; set; }

    /// <summary>Extras that are judged.</summary>
    /// <value><see langword="null"/> for all; an empty list for none.</value>
    public IList<string>? Extras { get; set; }

    /// <summary>Where the reports are written.</summary>
    /// <value>A folder; <see langword="null"/> writes none.</value>
    public DirectoryPath? ReportDirectory { get; set; }

    /// <summary>Where a requirements file with hashes is written that holds what satisfied the policy.</summary>
    /// <value>For <c>pip install --require-hashes</c>; <see langword="null"/> writes none. Where a package would be missing, nothing is
    /// written and the audit fails.</value>
    public FilePath? RequirementsFile { get; set; }

    /// <summary>Whether what was found is written into <see cref="DependencyPolicyFile"/>.</summary>
    /// <value>Default <see langword="false"/>. The first acceptance of a publisher is trust on first use.</value>
    public bool Accept { get; set; }

    /// <summary>Whether proven publishers are written into each <c>pylock.toml</c> as <c>attestation-identities</c> (PEP
    /// 751).</summary>
    /// <value>Default <see langword="false"/>. Nothing else of a file changes; the next audit expects what is written there. Other lock
    /// files have no place for it.</value>
    public bool WriteIdentities { get; set; }

    /// <summary>Whether packages that have been attested steadily are moved to <c>enforce</c> in
    /// <see cref="DependencyPolicyFile"/>.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Promote { get; set; }

    /// <summary>How many versions in a row must be attested for <see cref="Promote"/>.</summary>
    /// <value>1 or more; default 3.</value>
    public int PromoteAfterVersions { get; set; } = 3;

    /// <summary>For how many months they must have been for <see cref="Promote"/>.</summary>
    /// <value>0 or more; default 3.</value>
    public int PromoteAfterMonths { get; set; } = 3;

    /// <summary>The issuer behind publishers of GitHub and GitLab.</summary>
    /// <value><see langword="null"/> takes the one that the variable <c>PYSIGN_CERTIFICATE_OIDC_ISSUER</c> names, else the public
    /// ones.</value>
    public string? CertificateOidcIssuer { get; set; }

    /// <summary>Whether files are downloaded to hash them where the lock file pins no hash.</summary>
    /// <value>Default <see langword="false"/>. What was downloaded is not kept, and nothing says that it will be installed: so it never
    /// satisfies <c>enforce</c>, unless the policy names the package with <c>unhashed = true</c>.</value>
    public bool DownloadUnhashed { get; set; }

    /// <summary>Where answers of indexes are kept between runs.</summary>
    /// <value>A folder; <see langword="null"/> means one below the user's local application data. What is kept saves requests; it is
    /// verified again each time.</value>
    public DirectoryPath? CacheDirectory { get; set; }

    /// <summary>Whether nothing is kept between runs.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool NoCache { get; set; }
}
