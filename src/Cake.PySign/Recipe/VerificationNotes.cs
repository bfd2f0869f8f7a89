using Cake.PySign.Common;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Statements;
using PySign.Packaging.Distributions;
using PySign.Packaging.Versions;
using static Cake.PySign.Recipe.NotesText;

namespace Cake.PySign.Recipe;

/// <summary>
/// What a person without Cake does with this very release: the commands of cosign, sigstore and pip with its names, digests, addresses and
/// signer. Written when everything is public, for the release notes; no stage reads it.
/// </summary>
internal sealed class VerificationNotes(PublishedFacts release)
{
    /// <summary>Beside the ledger, where it is handed on from job to job; it is not a distribution, and a new build removes it.</summary>
    public const string FileName = "pysign-verify.md";

    private readonly LedgerStatement _statement = release.Ledger.Statement!;
    private readonly NotesText _page = new();

    /// <param name="release">What was published.</param>
    /// <param name="addresses">Where each of its files is now, by name.</param>
    public static void Write(Release release, IReadOnlyDictionary<string, Uri> addresses)
    {
        var path = release.Dist.File(FileName);
        var ledger = release.Dist.ReadSigned();
        var facts = new PublishedFacts
        {
            Ledger = ledger,
            Identity = release.Identity,
            Issuer = release.Issuer,
            Index = release.Options.Index.Url ?? ConsumerVerificationStage.IndexOf(release.Options),
            Store = release.Store(ledger),
            Instance = SigningInstance.Of(release),
            Addresses = addresses,
        };
        AtomicFile.Write(path, Of(facts));
        release.Log.Information($"How anybody verifies this release without Cake: {path}");
    }

    public static string Of(PublishedFacts release) => new VerificationNotes(release).Text();

    private string Text()
    {
        var signer = Signer("--certificate-identity", "--certificate-oidc-issuer");
        Introduction();
        Files();
        Downloads();
        TrustOfTheInstance();
        CurrentCosign(signer);
        OldWay();
        SigstoreForPython();
        WhichFiles(signer);
        HowBuilt(signer);
        AtTheIndex();
        Installation();
        WithCake();
        return _page.ToString();
    }

    private void Introduction()
    {
        _page.Line($"# Verify {Plain($"{release.Ledger.Name} {release.Ledger.Version}")}");
        _page.Line();
        _page.Line(
            UsesKey
                ? "Every file of this release is signed with the publisher's key. Get the public key, `cosign.pub`, by a way that does not "
                    + "lead through the places of the files below."
                : $"Every file of this release is signed by {Code(release.Identity)}, for which {Code(release.Issuer)} vouched."
        );
        _page.Line("These are the publisher's words: compare identity and issuer with a place that this page's author does not control,");
        _page.Line(
            "such as the project's page that you already know. The commands below check everything else. Each must end with exit code 0."
        );
        _page.Line();
    }

    private void Files()
    {
        _page.Line("| file | SHA-256 |");
        _page.Line("| --- | --- |");
        foreach (var file in release.Ledger.Files)
        {
            _page.Line($"| [{file.Name}]({Link(file.Name)}) | `{file.Sha256}` |");
            foreach (var part in file.Signature!.Files)
            {
                _page.Line($"| [{part.Name}]({Link(part.Name)}) | `{part.Sha256}` |");
            }
        }

        _page.Line($"| [{_statement.File.Name}]({Link(_statement.File.Name)}) | `{_statement.File.Sha256}` |");
    }

    private void Downloads() =>
        _page.Section(
            "Download",
            "Into an empty folder. A private project needs a header with your token as well.",
            release
                .Ledger.Files.SelectMany(file => file.Signature!.Files.Select(part => part.Name).Prepend(file.Name))
                .Append(_statement.File.Name)
                .Select(Download)
        );

    private void TrustOfTheInstance()
    {
        if (release.Instance.IsPublic)
        {
            return;
        }

        _page.Line();
        _page.Line(
            "This release was not signed by Sigstore's public instance. Get `trusted_root.json` of the instance from its operator, "
                + "by a way that does"
        );
        _page.Line("not lead through the places of the files above, and put it into the same folder.");
    }

    private void CurrentCosign(string signer)
    {
        _page.Section(
            "cosign 3",
            "Works offline, once cosign knows its trust.",
            Each(file => $"cosign verify-blob --bundle {Bundle(file)} {Trust}{signer} {Shell(file.Name)}")
        );
        _page.Section(
            "cosign 2",
            "Version 2.4 or newer, offline.",
            Each(file => $"cosign verify-blob --new-bundle-format --bundle {Bundle(file)} {Trust}{signer} {Shell(file.Name)}")
        );
    }

    private void SigstoreForPython()
    {
        if (UsesKey)
        {
            return;
        }

        var trust = release.Instance.IsPublic ? "" : "--trust-config trust_config.json ";
        var signer = Signer("--cert-identity", "--cert-oidc-issuer");
        _page.Section(
            "sigstore for Python",
            "Version 3 or newer (`python -m pip install sigstore`)."
                + (
                    release.Instance.IsPublic ? "" : " `trust_config.json` is the instance's client trust configuration, from its operator."
                ),
            Each(file => $"python -m sigstore {trust}verify identity --bundle {Bundle(file)} {signer} {Shell(file.Name)}")
        );
    }

    private void Installation()
    {
        var wheels = release.Ledger.Files.Any(file => file.Kind == DistributionKind.Wheel);
        _page.Section(
            "Install exactly these bytes",
            "Whatever the index serves by then, pip takes nothing else.",
            [
                $"echo {Shell(Requirement())} > requirements.txt",
                $"python -m pip install --require-hashes --no-deps {(wheels ? "--only-binary :all: " : "")}--index-url "
                    + $"{Shell(release.Index.AbsoluteUri)} -r requirements.txt",
            ]
        );
    }

    /// <summary>The signatures of the files do not say whether one is missing: the statement does, and its list is plain JSON.</summary>
    private void WhichFiles(string signer)
    {
        var bundle = Shell(_statement.File.Name);
        var type = Shell(ReleaseStatement.PredicateType);
        _page.Section(
            "Which files there are, cosign 3",
            $"`{_statement.File.Name}` is signed as well. It lists every file of this version: a file that the index has and the list "
                + "does not, or the other way round, was added or hidden by somebody.",
            Each(file => $"cosign verify-blob-attestation --bundle {bundle} --type {type} {Trust}{signer} {Shell(file.Name)}")
        );
        _page.Section(
            "Which files there are, cosign 2",
            "Version 2.5 or newer.",
            Each(file =>
                $"cosign verify-blob-attestation --new-bundle-format --bundle {bundle} --type {type} {Trust}{signer} {Shell(file.Name)}"
            )
        );
        _page.Section(
            "See the list",
            "After cosign has verified it. The first command prints which version it is about, the second compares the list with your "
                + $"folder; compare it also with the page that pip reads, <{Page()}>. Where there is no `python` it is `python3`; where "
                + "there is no `sha256sum`, `shasum -a 256 --check --strict`.",
            [
                $"{Read("print(said[\"predicate\"][\"purl\"])")} {bundle}",
                $"{Read("[print(file[\"digest\"][\"sha256\"], \"\", file[\"name\"]) for file in said[\"subject\"]]")} {bundle} | "
                    + "sha256sum --check --strict",
            ]
        );
    }

    /// <summary>The identity with {version} where its tag has the version: the policy is kept, and the next release has another
    /// tag.</summary>
    private string OfAnyVersion(string identity)
    {
        const string Tag = "@refs/tags/";
        var at = identity.LastIndexOf(Tag, StringComparison.Ordinal);
        if (
            at < 0
            || !identity.EndsWith(release.Ledger.Version, StringComparison.Ordinal)
            || identity.Length - release.Ledger.Version.Length < at + Tag.Length
        )
        {
            return identity;
        }

        // v11.0 ends with 1.0 as well, and is another version's tag.
        var before = identity[..^release.Ledger.Version.Length];
        return char.IsAsciiDigit(before[^1]) || PythonVersion.Parse(release.Ledger.Version).Normalized != release.Ledger.Version
            ? identity
            : before + "{version}";
    }

    /// <summary>Which commit and workflow a file comes from, where the release has that.</summary>
    private void HowBuilt(string signer)
    {
        var files = release.Ledger.Files.Where(file => Has(file, SignatureNames.Provenance)).ToList();
        if (files.Count == 0)
        {
            return;
        }

        _page.Section(
            "From which commit, cosign 3",
            "The provenance of each file is signed by the same signer. The last command prints commit and workflow of the first file.",
            files
                .Select(file =>
                    $"cosign verify-blob-attestation --bundle {Shell(file.Name + SignatureNames.Provenance)} --type slsaprovenance1 "
                    + $"{Trust}{signer} {Shell(file.Name)}"
                )
                .Append(
                    $"{Read("print(json.dumps(said[\"predicate\"][\"buildDefinition\"][\"resolvedDependencies\"][0]))")} "
                        + Shell(files[0].Name + SignatureNames.Provenance)
                )
        );
        if (
            files.All(file => file.Receipts.Any(receipt => receipt.Stage == RepositoryAttestations.Stage)) && Repository() is { } repository
        )
        {
            _page.Section(
                "gh",
                "GitHub's own tool finds the provenance by the file's digest.",
                files.Select(file => $"gh attestation verify {Shell(file.Name)} --repo {Shell(new Uri(repository).AbsolutePath.Trim('/'))}")
            );
        }
    }

    /// <summary>PyPI verified the attestations itself, and serves them; its own tool asks for them.</summary>
    private void AtTheIndex()
    {
        if (
            release.Index.Host != "pypi.org"
            || Repository() is not { } repository
            || !release.Ledger.Files.All(file => Has(file, SignatureNames.PublishAttestation))
        )
        {
            return;
        }

        _page.Section(
            "pypi-attestations",
            "What PyPI serves as attested is verified with PyPI's own tool (`python -m pip install pypi-attestations`), online.",
            Each(file => $"pypi-attestations verify pypi --repository {Shell(repository)} {Shell($"pypi:{file.Name}")}")
        );
    }

    /// <summary>The repository whose workflow signed, as its identity names it; null for anybody else.</summary>
    private string? Repository()
    {
        var workflow = release.Identity.IndexOf("/.github/workflows/", StringComparison.Ordinal);
        var file = release.Identity.IndexOf(
            "//",
            "https://".Length < release.Identity.Length ? "https://".Length : 0,
            StringComparison.Ordinal
        );
        if (workflow > 0)
        {
            return release.Identity[..workflow];
        }

        return file > 0 && release.Identity.StartsWith("https://", StringComparison.Ordinal) ? release.Identity[..file] : null;
    }

    private string Requirement()
    {
        var hashes = string.Join(' ', release.Ledger.Files.Select(file => $"--hash=sha256:{file.Sha256}"));
        return $"{release.Ledger.NormalizedName}=={release.Ledger.Version} {hashes}";
    }

    private static string Read(string print)
    {
        const string Payload = "json.load(open(sys.argv[1]))[\"dsseEnvelope\"][\"payload\"]";
        return $"python -c {Shell($"import base64, json, sys; said = json.loads(base64.b64decode({Payload})); {print}")}";
    }

    private string Kinds()
    {
        var kinds = release
            .Ledger.Files.Select(file => file.Kind)
            .Distinct()
            .Order()
            .Select(kind => kind == DistributionKind.Wheel ? "wheel" : "sdist");
        return string.Join(", ", kinds.Select(Quoted));
    }

    private string Page() => $"{release.Index.AbsoluteUri.TrimEnd('/')}/{release.Ledger.NormalizedName}/";

    private void WithCake()
    {
        _page.Section("With Cake.PySign", "`pysign-policy.toml`, to be kept in a repository of your own:");
        _page.Block(
            "toml",
            [
                "schema = 1",
                "",
                "[release]",
                $"distributions = [{Kinds()}]",
                .. UsesKey && _statement.Logs.Count == 0 ? new[] { "unlogged-keys = \"accept\"" } : [],
                "",
                "[[signers]]",
                .. UsesKey
                    ? new[] { "key = \"cosign.pub\"" }
                    : [$"issuer = {Quoted(release.Issuer)}", $"identity = {Quoted(OfAnyVersion(release.Identity))}"],
            ]
        );
        _page.Line();
        _page.Line(
            "In `build.cake`: downloads and checks every file of the version, and refuses one that nobody signed, and a set with one "
                + "too many or too few."
        );
        _page.Line();
        (string Name, string? Value)[] settings =
        [
            ("Name", Quoted(release.Ledger.Name)),
            ("Version", Quoted(release.Ledger.Version)),
            ("Index", $"{{ Url = new Uri({Quoted(release.Index.AbsoluteUri)}) }}"),
            ("Store", $"{{ {string.Join(", ", Store())} }}"),
            ("Trust", release.Instance.IsPublic ? null : $"{{ TrustedRoot = {Quoted("trusted_root.json")} }}"),
            ("PolicyFile", Quoted("pysign-policy.toml")),
            ("OutputDirectory", Quoted("verified")),
        ];
        _page.Block(
            "csharp",
            [
                "await VerifyRelease(new VerifyReleaseSettings",
                "{",
                .. settings.Where(setting => setting.Value is not null).Select(setting => $"    {setting.Name} = {setting.Value},"),
                "});",
            ]
        );
    }

    private IEnumerable<string> Store()
    {
        yield return $"Url = new Uri({Quoted(release.Store.Url!.AbsoluteUri)})";
        if (release.Store.Kind != StoreKind.GitLab)
        {
            yield return $"Kind = StoreKind.{release.Store.Kind}";
        }

        if (release.Store.Name != release.Ledger.NormalizedName)
        {
            yield return $"Name = {Quoted(release.Store.Name!)}";
        }

        if (release.Store.Version != release.Ledger.Version)
        {
            yield return $"Version = {Quoted(release.Store.Version!)}";
        }
    }

    /// <summary>A signature and a certificate carry no time: cosign asks the log when they were made, and only a log of version 1 can be
    /// asked.</summary>
    private void OldWay()
    {
        var complete =
            !UsesKey
            && release.Ledger.Files.All(file =>
                file.Signature!.Logs.Any(log => log.IntegratedTime is not null)
                && Has(file, SignatureNames.Signature)
                && Has(file, SignatureNames.Certificate)
            );
        if (!complete || (!release.Instance.IsPublic && release.Instance.Log is null))
        {
            return;
        }

        var trust = release.Instance.IsPublic
            ? ""
            : "SIGSTORE_ROOT_FILE=fulcio.pem SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=ctfe.pub SIGSTORE_REKOR_PUBLIC_KEY=rekor.pub ";
        var log = release.Instance.Log is { } address ? $"--rekor-url {Shell(address.AbsoluteUri.TrimEnd('/'))} " : "";
        _page.Section(
            "cosign 2 with signature and certificate",
            "Online only: it asks the transparency log for the "
                + $"time.{(release.Instance.IsPublic ? "" : " The three keys are the instance's, from its operator.")}",
            Each(file =>
                $"{trust}cosign verify-blob --signature {Shell(file.Name + SignatureNames.Signature)} "
                + $"--certificate {Shell(file.Name + SignatureNames.Certificate)} "
                + $"{Signer("--certificate-identity", "--certificate-oidc-issuer")} {log}{Shell(file.Name)}"
            )
        );
    }

    private string Trust => release.Instance.IsPublic ? "" : "--trusted-root trusted_root.json ";

    private bool UsesKey => release.Identity.Length == 0;

    private string Signer(string identity, string issuer) =>
        UsesKey
            ? $"--key cosign.pub{(_statement.Logs.Count == 0 ? " --insecure-ignore-tlog=true" : "")}"
            : $"{identity} {Shell(release.Identity)} {issuer} {Shell(release.Issuer)}";

    private static string Bundle(LedgerFile file) => Shell(file.Signature!.Files[0].Name);

    private IEnumerable<string> Each(Func<LedgerFile, string> command) => release.Ledger.Files.Select(command);

    private static bool Has(LedgerFile file, string suffix) => file.Signature!.Files.Any(part => part.Name == file.Name + suffix);

    // Parentheses would end the link of a Markdown page.
    private string Link(string name) =>
        (release.Addresses.ContainsKey(name) || !IsDistribution(name) ? Address(name) : Project)
            .Replace("(", "%28", StringComparison.Ordinal)
            .Replace(")", "%29", StringComparison.Ordinal);

    private string Address(string name) =>
        release.Addresses.TryGetValue(name, out var address)
            ? address.AbsoluteUri
            : throw new PySignException(
                PySignFailure.MissingFile,
                $"No registry was seen to serve '{name}'.",
                "Run PySign-PublishSignatures and PySign-Publish again; what is public already is only read."
            );

    // Where a release is written before its packages are public, the index has them under the project's page.
    private string Project => ServiceAddress.Below(release.Index, release.Ledger.NormalizedName, "").AbsoluteUri;

    private bool IsDistribution(string name) => release.Ledger.Files.Any(file => file.Name == name);

    private string Download(string name) =>
        release.Addresses.ContainsKey(name) || !IsDistribution(name)
            ? $"curl --fail --silent --show-error --location --output {Shell(name)} {Shell(Address(name))}"
            : $"# {name}: from {Project}";
}

/// <summary>What was published, by whom and where: what the notes are made of.</summary>
internal sealed record PublishedFacts
{
    public required Ledger Ledger { get; init; }

    public required string Identity { get; init; }

    public required string Issuer { get; init; }

    /// <summary>The simple index that users install from.</summary>
    public required Uri Index { get; init; }

    /// <summary>Where the signatures are.</summary>
    public required SignatureStoreSettings Store { get; init; }

    /// <summary>Whose certificates they are.</summary>
    public required SigningInstance Instance { get; init; }

    /// <summary>Where each file is now, by name.</summary>
    public required IReadOnlyDictionary<string, Uri> Addresses { get; init; }
}
