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
internal sealed class VerificationNotes
{
    /// <summary>Beside the ledger, where it is handed on from job to job; it is not a distribution, and a new build removes it.</summary>
    public const string FileName = "pysign-verify.md";

    private readonly Ledger _ledger;
    private readonly LedgerStatement _statement;
    private readonly string _identity;
    private readonly string _issuer;
    private readonly Uri _index;
    private readonly SignatureStoreSettings _store;
    private readonly SigningInstance _instance;
    private readonly IReadOnlyDictionary<string, Uri> _addresses;
    private readonly NotesText _page = new();

    private VerificationNotes(
        Ledger ledger,
        string identity,
        string issuer,
        Uri index,
        SignatureStoreSettings store,
        SigningInstance instance,
        IReadOnlyDictionary<string, Uri> addresses
    )
    {
        _addresses = addresses;
        _ledger = ledger;
        _statement = ledger.Statement!;
        _identity = identity;
        _issuer = issuer;
        _index = index;
        _store = store;
        _instance = instance;
    }

    /// <param name="release">What was published.</param>
    /// <param name="addresses">Where each of its files is now, by name.</param>
    public static void Write(Release release, IReadOnlyDictionary<string, Uri> addresses)
    {
        var path = release.Dist.File(FileName);
        var index = release.Options.IndexUrl ?? ConsumerVerificationStage.IndexOf(release.Options);
        var ledger = release.Dist.ReadSigned();
        var store = release.Store(ledger);
        AtomicFile.Write(path, Of(ledger, release.Identity, release.Issuer, index, store, SigningInstance.Of(release), addresses));
        release.Log.Information($"How anybody verifies this release without Cake: {path}");
    }

    public static string Of(
        Ledger ledger,
        string identity,
        string issuer,
        Uri index,
        SignatureStoreSettings store,
        SigningInstance instance,
        IReadOnlyDictionary<string, Uri> addresses
    ) => new VerificationNotes(ledger, identity, issuer, index, store, instance, addresses).Text();

    private string Text()
    {
        _page.Line($"# Verify {Plain($"{_ledger.Name} {_ledger.Version}")}");
        _page.Line();
        _page.Line(
            UsesKey
                ? "Every file of this release is signed with the publisher's key. Get the public key, `cosign.pub`, by a way that does not "
                    + "lead through the places of the files below."
                : $"Every file of this release is signed by {Code(_identity)}, for which {Code(_issuer)} vouched."
        );
        _page.Line("These are the publisher's words: compare identity and issuer with a place that this page's author does not control,");
        _page.Line(
            "such as the project's page that you already know. The commands below check everything else. Each must end with exit code 0."
        );
        _page.Line();
        _page.Line("| file | SHA-256 |");
        _page.Line("| --- | --- |");
        foreach (var file in _ledger.Files)
        {
            _page.Line($"| [{file.Name}]({Link(file.Name)}) | `{file.Sha256}` |");
            foreach (var part in file.Signature!.Files)
            {
                _page.Line($"| [{part.Name}]({Link(part.Name)}) | `{part.Sha256}` |");
            }
        }

        _page.Line($"| [{_statement.File.Name}]({Link(_statement.File.Name)}) | `{_statement.File.Sha256}` |");

        _page.Section(
            "Download",
            "Into an empty folder. A private project wants a header with your token as well.",
            _ledger
                .Files.SelectMany(file => file.Signature!.Files.Select(part => part.Name).Prepend(file.Name))
                .Append(_statement.File.Name)
                .Select(Download)
        );
        if (!_instance.IsPublic)
        {
            _page.Line();
            _page.Line(
                "This release was not signed by Sigstore's public instance. Get `trusted_root.json` of the instance from its operator, "
                    + "by a way that does"
            );
            _page.Line("not lead through the places of the files above, and put it into the same folder.");
        }

        var signer = Signer("--certificate-identity", "--certificate-oidc-issuer");
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
        OldWay();
        if (!UsesKey)
        {
            _page.Section(
                "sigstore for Python",
                "Version 3 or newer (`python -m pip install "
                    + "sigstore`)."
                    + (_instance.IsPublic ? "" : " `trust_config.json` is the instance's client trust configuration, from its operator."),
                Each(file =>
                    $"python -m sigstore {(_instance.IsPublic ? "" : "--trust-config trust_config.json ")}verify identity --bundle "
                    + $"{Bundle(file)} {Signer("--cert-identity", "--cert-oidc-issuer")} {Shell(file.Name)}"
                )
            );
        }

        WhichFiles(signer);
        HowBuilt(signer);
        AtTheIndex();
        var wheels = _ledger.Files.Any(file => file.Kind == DistributionKind.Wheel);
        _page.Section(
            "Install exactly these bytes",
            "Whatever the index serves by then, pip takes nothing else.",
            [
                $"echo {Shell(Requirement())} > requirements.txt",
                $"python -m pip install --require-hashes --no-deps {(wheels ? "--only-binary :all: " : "")}--index-url "
                    + $"{Shell(_index.AbsoluteUri)} -r requirements.txt",
            ]
        );
        WithCake();
        return _page.ToString();
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
                + $"folder; compare it also with the page that pip reads, <{Page()}>.",
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
            || !identity.EndsWith(_ledger.Version, StringComparison.Ordinal)
            || identity.Length - _ledger.Version.Length < at + Tag.Length
        )
        {
            return identity;
        }

        // v11.0 ends with 1.0 as well, and is another version's tag.
        var before = identity[..^_ledger.Version.Length];
        return char.IsAsciiDigit(before[^1]) || PythonVersion.Parse(_ledger.Version).Normalized != _ledger.Version
            ? identity
            : before + "{version}";
    }

    /// <summary>Which commit and workflow a file comes from, where the release has that.</summary>
    private void HowBuilt(string signer)
    {
        var files = _ledger.Files.Where(file => Has(file, SignatureNames.Provenance)).ToList();
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
            _index.Host != "pypi.org"
            || Repository() is not { } repository
            || !_ledger.Files.All(file => Has(file, SignatureNames.PublishAttestation))
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
        var workflow = _identity.IndexOf("/.github/workflows/", StringComparison.Ordinal);
        var file = _identity.IndexOf("//", "https://".Length < _identity.Length ? "https://".Length : 0, StringComparison.Ordinal);
        if (workflow > 0)
        {
            return _identity[..workflow];
        }

        return file > 0 && _identity.StartsWith("https://", StringComparison.Ordinal) ? _identity[..file] : null;
    }

    private string Requirement() =>
        $"{_ledger.NormalizedName}=={_ledger.Version} {string.Join(' ', _ledger.Files.Select(file => $"--hash=sha256:{file.Sha256}"))}";

    private static string Read(string print)
    {
        const string Payload = "json.load(open(sys.argv[1]))[\"dsseEnvelope\"][\"payload\"]";
        return $"python -c {Shell($"import base64, json, sys; said = json.loads(base64.b64decode({Payload})); {print}")}";
    }

    private string Kinds()
    {
        var kinds = _ledger
            .Files.Select(file => file.Kind)
            .Distinct()
            .Order()
            .Select(kind => kind == DistributionKind.Wheel ? "wheel" : "sdist");
        return string.Join(", ", kinds.Select(Quoted));
    }

    private string Page() => $"{_index.AbsoluteUri.TrimEnd('/')}/{_ledger.NormalizedName}/";

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
                    : [$"issuer = {Quoted(_issuer)}", $"identity = {Quoted(OfAnyVersion(_identity))}"],
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
            ("Name", Quoted(_ledger.Name)),
            ("Version", Quoted(_ledger.Version)),
            ("IndexUrl", $"new Uri({Quoted(_index.AbsoluteUri)})"),
            ("Store", $"{{ {string.Join(", ", Store())} }}"),
            ("Trust", _instance.IsPublic ? null : $"{{ TrustedRoot = {Quoted("trusted_root.json")} }}"),
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
        yield return $"Url = new Uri({Quoted(_store.Url!.AbsoluteUri)})";
        if (_store.Kind != StoreKind.GitLab)
        {
            yield return $"Kind = StoreKind.{_store.Kind}";
        }

        if (_store.Name != _ledger.NormalizedName)
        {
            yield return $"Name = {Quoted(_store.Name!)}";
        }

        if (_store.Version != _ledger.Version)
        {
            yield return $"Version = {Quoted(_store.Version!)}";
        }
    }

    /// <summary>A signature and a certificate carry no time: cosign asks the log when they were made, and only a log of version 1 can be
    /// asked.</summary>
    private void OldWay()
    {
        var complete =
            !UsesKey
            && _ledger.Files.All(file =>
                file.Signature!.Logs.Any(log => log.IntegratedTime is not null)
                && Has(file, SignatureNames.Signature)
                && Has(file, SignatureNames.Certificate)
            );
        if (!complete || (!_instance.IsPublic && _instance.Log is null))
        {
            return;
        }

        var trust = _instance.IsPublic
            ? ""
            : "SIGSTORE_ROOT_FILE=fulcio.pem SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=ctfe.pub SIGSTORE_REKOR_PUBLIC_KEY=rekor.pub ";
        var log = _instance.Log is { } address ? $"--rekor-url {Shell(address.AbsoluteUri.TrimEnd('/'))} " : "";
        _page.Section(
            "cosign 2 with signature and certificate",
            "Online only: it asks the transparency log for the "
                + $"time.{(_instance.IsPublic ? "" : " The three keys are the instance's, from its operator.")}",
            Each(file =>
                $"{trust}cosign verify-blob --signature {Shell(file.Name + SignatureNames.Signature)} "
                + $"--certificate {Shell(file.Name + SignatureNames.Certificate)} "
                + $"{Signer("--certificate-identity", "--certificate-oidc-issuer")} {log}{Shell(file.Name)}"
            )
        );
    }

    private string Trust => _instance.IsPublic ? "" : "--trusted-root trusted_root.json ";

    private bool UsesKey => _identity.Length == 0;

    private string Signer(string identity, string issuer) =>
        UsesKey
            ? $"--key cosign.pub{(_statement.Logs.Count == 0 ? " --insecure-ignore-tlog=true" : "")}"
            : $"{identity} {Shell(_identity)} {issuer} {Shell(_issuer)}";

    private static string Bundle(LedgerFile file) => Shell(file.Signature!.Files[0].Name);

    private IEnumerable<string> Each(Func<LedgerFile, string> command) => _ledger.Files.Select(command);

    private static bool Has(LedgerFile file, string suffix) => file.Signature!.Files.Any(part => part.Name == file.Name + suffix);

    // Parentheses would end the link of a Markdown page.
    private string Link(string name) =>
        (_addresses.ContainsKey(name) || !IsDistribution(name) ? Address(name) : Project)
            .Replace("(", "%28", StringComparison.Ordinal)
            .Replace(")", "%29", StringComparison.Ordinal);

    private string Address(string name) =>
        _addresses.TryGetValue(name, out var address)
            ? address.AbsoluteUri
            : throw new PySignException(
                PySignFailure.MissingFile,
                $"No registry was seen to serve '{name}'.",
                "Run PySign-PublishSignatures and PySign-Publish again; what is public already is only read."
            );

    // Where a release is written before its packages are public, the index has them under the project's page.
    private string Project => ServiceAddress.Below(_index, _ledger.NormalizedName, "").AbsoluteUri;

    private bool IsDistribution(string name) => _ledger.Files.Any(file => file.Name == name);

    private string Download(string name) =>
        _addresses.ContainsKey(name) || !IsDistribution(name)
            ? $"curl --fail --silent --show-error --location --output {Shell(name)} {Shell(Address(name))}"
            : $"# {name}: from {Project}";
}
