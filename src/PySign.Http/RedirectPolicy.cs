namespace PySign.Http;

/// <summary>What to do when a service answers that the resource is elsewhere. Only GET and HEAD ever follow.</summary>
public enum RedirectPolicy
{
    /// <summary>An error: the service's address is wrong, or it is not the service.</summary>
    Refuse,

    /// <summary>Follow within scheme, host and port; refuse otherwise.</summary>
    SameOrigin,

    /// <summary>Follow to any allowed address; credentials and all own headers stay behind as soon as the origin changes.</summary>
    AnywhereWithoutCredentials,
}
