namespace PySign.Sigstore.Bundles;

/// <summary>The version that a bundle's media type names; it decides which parts must, may and must not be there.</summary>
public enum BundleVersion
{
    /// <summary>Certificate chain and inclusion promise.</summary>
    V01,

    /// <summary>Certificate chain and inclusion proof with checkpoint.</summary>
    V02,

    /// <summary>One certificate or a key hint, and inclusion proof with checkpoint.</summary>
    V03,
}
