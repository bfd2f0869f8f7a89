using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Http;

/// <summary>
/// Whether a server is the one that was called. The system decides; extra authorities only stand in where its roots do not reach: the host
/// name, the dates and everything else are checked in either case, and no setting leaves that out.
/// </summary>
internal sealed class ServerCertificateCheck(ExtraAuthorities? extra)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int ShownChars = 200;

    /// <returns>Whether the server is trusted; only extra authorities can make up for what the system says.</returns>
    /// <exception cref="UntrustedServerException">It is not. The exception says why, which a mere no would not.</exception>
    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None
        || Refusal((sender as SslStream)?.TargetHostName, certificate as X509Certificate2, chain, errors) switch
        {
            { } refusal => throw refusal,
            null => extra is not null,
        };

    private UntrustedServerException? Refusal(string? host, X509Certificate2? leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (leaf is null)
        {
            return new UntrustedServerException("it showed no certificate", "Check the address.");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return new UntrustedServerException(
                $"its certificate is not for {host}, but for {Shown(string.Join(", ", Names(leaf)))}",
                "Check the address. The name is always checked; no CA file changes that."
            );
        }

        if (extra is null)
        {
            return Refused(leaf, chain is null ? X509ChainStatusFlags.PartialChain : Flags(chain));
        }

        using var again = new X509Chain();
        var status = Build(again, leaf, chain, extra.Certificates);
        return status == X509ChainStatusFlags.NoError ? null : Refused(leaf, status);
    }

    /// <summary>The whole check again, with the extra certificates as the only roots and without fetching anything.</summary>
    private static X509ChainStatusFlags Build(
        X509Chain chain,
        X509Certificate2 leaf,
        X509Chain? presented,
        X509Certificate2Collection roots
    )
    {
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (presented is not null)
        {
            policy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
            policy.ExtraStore.AddRange(presented.ChainElements.Select(static element => element.Certificate).ToArray());
        }

        return chain.Build(leaf) ? X509ChainStatusFlags.NoError
            : Flags(chain) is var flags and not X509ChainStatusFlags.NoError ? flags
            : X509ChainStatusFlags.PartialChain;
    }

    private static X509ChainStatusFlags Flags(X509Chain chain) =>
        chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);

    private UntrustedServerException Refused(X509Certificate2 leaf, X509ChainStatusFlags status)
    {
        var unknown = (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError;
        if (!unknown && status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return new UntrustedServerException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its certificate or that of its authority is not valid now (its own is valid from "
                        + $"{leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u})"
                ),
                "Whoever runs the server must renew it; or the clock of this machine is wrong."
            );
        }

        var by = $"its certificate was issued by {Shown(leaf.Issuer)}";
        return !unknown ? new UntrustedServerException($"{by} and is refused ({status})", "Whoever runs the server must correct it.")
            : extra is null
                ? new UntrustedServerException(
                    $"{by}, which this machine does not trust",
                    "If that is an authority of your own, or of a proxy that opens TLS, give its certificate as extra CA file: CaFile "
                        + "in the settings, or PYSIGN_CA_FILE."
                )
            : new UntrustedServerException(
                $"{by}, which neither this machine nor the extra CA file '{extra.Path}' trusts",
                "If that is an authority of your own, add the certificate at the top of its chain to the file."
            );
    }

    private static IEnumerable<string> Names(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return names.Count == 0
            ? [leaf.Subject]
            : names.SelectMany(static name =>
                name.EnumerateDnsNames().Concat(name.EnumerateIPAddresses().Select(static address => address.ToString()))
            );
    }

    /// <summary>What somebody else's certificate says goes into messages and logs.</summary>
    private static string Shown(string text) =>
        string.Concat((text.Length > ShownChars ? text[..ShownChars] + "…" : text).Select(static c => char.IsControl(c) ? ' ' : c));
}

/// <summary>Why a server's certificate is refused, and what to do about it.</summary>
internal sealed class UntrustedServerException(string what, string advice) : AuthenticationException(what)
{
    /// <summary>What to do about it.</summary>
    public string Advice { get; } = advice;
}
