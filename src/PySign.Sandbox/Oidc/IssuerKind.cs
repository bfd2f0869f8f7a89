namespace PySign.Sandbox.Oidc;

/// <summary>What an issuer's tokens look like, and so how Fulcio reads them.</summary>
internal enum IssuerKind
{
    GitLab,
    GitHub,
    Email,
}
