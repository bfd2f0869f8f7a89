using Cake.PySign.Recipe;
using PySign.Formats;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What is printed for people without Cake; that the commands work is shown where the real programs are.</summary>
public sealed class VerificationNotesTests
{
    private static readonly SigningInstance _public = new(IsPublic: true, Log: null);

    [Fact]
    public void A_release_of_the_public_instance_needs_no_trust_by_hand()
    {
        var notes = Notes(Published(), _public);

        Assert.DoesNotContain("trusted_root", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("--rekor-url", notes, StringComparison.Ordinal);
        Assert.Contains(
            $"cosign verify-blob --signature '{SampleLedger.Wheel}.sig' --certificate '{SampleLedger.Wheel}.crt' ",
            notes,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"python -m sigstore verify identity --bundle '{SampleLedger.Sdist}.sigstore.json' --cert-identity "
                + $"'https://gitlab.example/it' --cert-oidc-issuer 'https://gitlab.example' '{SampleLedger.Sdist}'",
            notes,
            StringComparison.Ordinal
        );
        Assert.All(Published().Files, file => Assert.Contains($"--hash=sha256:{file.Sha256}", notes, StringComparison.Ordinal));
    }

    [Fact]
    public void Signature_and_certificate_alone_are_offered_only_where_a_log_can_be_asked_for_the_time()
    {
        var second = Published();
        second = second with
        {
            Files =
            [
                .. second.Files.Select(file =>
                    file with
                    {
                        Signature = file.Signature! with { Logs = [new LedgerLog("https://rekor-v2.example", 43)] },
                    }
                ),
            ],
        };

        Assert.DoesNotContain("--signature", Notes(second, _public), StringComparison.Ordinal);
        Assert.DoesNotContain("--signature", Notes(Published(), new SigningInstance(IsPublic: false, Log: null)), StringComparison.Ordinal);
        Assert.Contains(
            "--rekor-url 'https://rekor.example'",
            Notes(Published(), new SigningInstance(IsPublic: false, new Uri("https://rekor.example"))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v1.0.0", "@refs/tags/v{version}")]
    [InlineData("https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/hello-1.0.0", "@refs/tags/hello-{version}")]
    [InlineData("https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/1.0.0", "@refs/tags/{version}")]
    [InlineData("https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v11.0.0", "@refs/tags/v11.0.0")]
    [InlineData("https://github.com/acme/hello/.github/workflows/release-1.0.0", "workflows/release-1.0.0")]
    [InlineData("https://github.com/acme/hello/.github/workflows/release.yml@refs/heads/1.0.0", "@refs/heads/1.0.0")]
    public void The_policy_to_keep_is_for_every_version_of_the_tag(string identity, string expected) =>
        Assert.Contains($"{expected}\"\n", Notes(Published(), _public, identity: identity), StringComparison.Ordinal);

    [Fact]
    public void Attestations_and_provenance_get_their_commands_where_they_are()
    {
        var plain = Notes(Published(), _public, index: "https://pypi.org/simple");
        Assert.DoesNotContain("pypi-attestations", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("slsaprovenance1", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("gh attestation", plain, StringComparison.Ordinal);

        var ledger = Published();
        ledger = ledger with
        {
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Signature = file.Signature! with
                        {
                            Files =
                            [
                                .. file.Signature.Files,
                                new LedgerSignatureFile(file.Name + ".publish.attestation", Sha256Digest.Of([1])),
                                new LedgerSignatureFile(file.Name + ".provenance.sigstore.json", Sha256Digest.Of([2])),
                            ],
                        },
                        Receipts =
                        [
                            .. file.Receipts,
                            new LedgerReceipt(
                                RepositoryAttestations.Stage,
                                file.Name + ".provenance.sigstore.json",
                                "https://api.github.com/x",
                                Sha256Digest.Of([2]),
                                DateTimeOffset.UnixEpoch
                            ),
                        ],
                    }
                ),
            ],
        };
        const string Workflow = "https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v1.0.0";
        var notes = Notes(ledger, _public, identity: Workflow, index: "https://pypi.org/simple");
        Assert.Contains(
            $"pypi-attestations verify pypi --repository 'https://github.com/acme/hello' 'pypi:{SampleLedger.Wheel}'",
            notes,
            StringComparison.Ordinal
        );
        Assert.Contains($"gh attestation verify '{SampleLedger.Wheel}' --repo 'acme/hello'", notes, StringComparison.Ordinal);
        Assert.Contains(
            $"--bundle '{SampleLedger.Wheel}.provenance.sigstore.json' --type slsaprovenance1",
            notes,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("pypi-attestations", Notes(ledger, _public, identity: Workflow), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_an_identity_leaves_its_quotes()
    {
        var notes = Notes(Published(), _public, identity: "https://gitlab.example/it's\"$(touch x)");

        Assert.Contains("'https://gitlab.example/it'\\''s\"$(touch x)'", notes, StringComparison.Ordinal);
        Assert.Contains("identity = \"https://gitlab.example/it's\\\"$(touch x)\"", notes, StringComparison.Ordinal);
        Assert.Throws<PySignException>(() => Notes(Published(), _public, identity: "https://gitlab.example/it\n```sh\nrm -rf /"));
    }

    private static Ledger Published()
    {
        var ledger = SampleLedger.Signed();
        return ledger with
        {
            Files =
            [
                .. ledger.Files.Select(file =>
                    file.Received(
                        LedgerDestination.PublishSignatures,
                        [
                            .. file.Signature!.Files.Select(part => new LedgerReceipt(
                                LedgerDestination.PublishSignatures,
                                part.Name,
                                $"https://gitlab.example/generic/{part.Name}",
                                part.Sha256,
                                DateTimeOffset.UnixEpoch
                            )),
                        ]
                    )
                ),
            ],
        };
    }

    [Fact]
    public void Addresses_of_an_edited_ledger_and_an_identity_with_markdown_in_it_do_not_get_into_the_page()
    {
        var ledger = Published();
        ledger = ledger with
        {
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Receipts = [.. file.Receipts.Select(receipt => receipt with { Url = "https://evil.example/x" })],
                    }
                ),
            ],
        };
        var notes = Notes(ledger, new SigningInstance(true, null), "https://x.example/`](https://evil.example)`\u202e");
        Assert.DoesNotContain("(https://evil.example/x", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example/x", notes, StringComparison.Ordinal);
        Assert.Contains("`` https://x.example/`](https://evil.example)`\\u202e ``", notes, StringComparison.Ordinal);
    }

    private static string Notes(
        Ledger ledger,
        SigningInstance instance,
        string identity = "https://gitlab.example/it",
        string index = "https://gitlab.example/simple/"
    ) =>
        VerificationNotes.Of(
            new PublishedFacts
            {
                Ledger = ledger,
                Identity = identity,
                Issuer = "https://gitlab.example",
                Index = new Uri(index),
                Store = new SignatureStoreSettings
                {
                    Url = new Uri("https://gitlab.example/generic"),
                    Name = ledger.NormalizedName,
                    Version = ledger.Version,
                },
                Instance = instance,
                Addresses = ledger
                    .Files.Select(file => file.Name)
                    .Concat(ledger.SignatureFiles.Select(part => part.Name))
                    .ToDictionary(name => name, name => new Uri($"https://gitlab.example/{name}"), StringComparer.Ordinal),
            }
        );
}
