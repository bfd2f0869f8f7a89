namespace Cake.PySign.Recipe;

/// <summary>The stages of a release and the tasks around them. Each has an exit code of its own, so that a CI log tells at a glance what
/// failed.</summary>
public enum ReleaseStage
{
    /// <summary>Reading the parameters.</summary>
    Configuration = 10,

    /// <summary>Building wheel and sdist.</summary>
    Build = 11,

    /// <summary>Signing every distribution.</summary>
    Sign = 12,

    /// <summary>Verifying every distribution against its bundle.</summary>
    Verify = 13,

    /// <summary>Publishing signatures; before the packages, so that nothing is ever public unsigned.</summary>
    PublishSignatures = 14,

    /// <summary>Publishing distributions.</summary>
    Publish = 15,

    /// <summary>Downloading and verifying everything as an independent consumer.</summary>
    ConsumerVerification = 16,

    /// <summary>Rehearsing: starting the sandbox and preparing the job. The stages in it keep their own codes.</summary>
    Rehearse = 17,

    /// <summary>Testing the wheel that was built, before it is signed.</summary>
    Test = 18,

    /// <summary>Finding out what would stop the release, before anything is signed.</summary>
    Preflight = 20,

    /// <summary>Taking distributions that other jobs built.</summary>
    Import = 21,

    /// <summary>Writing the report.</summary>
    Report = 22,

    /// <summary>Writing what a repository's release needs.</summary>
    Init = 23,

    /// <summary>Auditing whom the dependencies come from.</summary>
    Audit = 19,
}
