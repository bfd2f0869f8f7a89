using Cake.PySign.Recipe;

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
                        ReleaseStage.PublishSignatures,
                        [
                            .. file.Signature!.Files.Select(part => new LedgerReceipt(
                                nameof(ReleaseStage.PublishSignatures),
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

    private static string Notes(Ledger ledger, SigningInstance instance, string identity = "https://gitlab.example/it") =>
        VerificationNotes.Of(
            ledger,
            identity,
            "https://gitlab.example",
            new Uri("https://gitlab.example/simple/"),
            new SignatureStoreSettings
            {
                Url = new Uri("https://gitlab.example/generic"),
                Name = ledger.NormalizedName,
                Version = ledger.Version,
            },
            instance,
            ledger
                .Files.Select(file => file.Name)
                .Concat(ledger.SignatureFiles.Select(part => part.Name))
                .ToDictionary(name => name, name => new Uri($"https://gitlab.example/{name}"), StringComparer.Ordinal)
        );
}
