namespace PySign.Sandbox.Registries.GitLab;

/// <summary>What a credential may do in a project, as far as package registries ask.</summary>
public enum AccessLevel
{
    /// <summary>Not a member: a private project does not exist for this caller.</summary>
    None,

    /// <summary>A guest: sees a private project but not its packages.</summary>
    Guest,

    /// <summary>May read packages.</summary>
    Reporter,

    /// <summary>May read and publish packages.</summary>
    Developer,
}
