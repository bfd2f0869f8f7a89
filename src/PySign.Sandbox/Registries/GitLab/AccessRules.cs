using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>Who may read and who may publish; null means go on.</summary>
internal static class AccessRules
{
    /// <summary>The answer about a project to whoever may read it.</summary>
    public static IResult Read(HttpContext context, GitLabInstance instance, string id, Func<GitLabProject, IResult> answer)
    {
        var project = instance.Find(id);
        return Read(context.Response, Caller.FromAny(context.Request, instance), project, basicRealm: false) ?? answer(project!);
    }

    public static IResult? Read(HttpResponse response, Caller caller, GitLabProject? project, bool basicRealm)
    {
        // A public project ignores a wrong user and password, but not a job or a token holder that is none.
        if (caller is { MustBeKnown: true, Credential: null })
        {
            return GitLabAnswers.Unauthorized(response, basicRealm);
        }

        if (project is { Options.PackagesEnabled: false })
        {
            return GitLabAnswers.NotFound();
        }

        // A policy binds the job's token even where others read without any.
        if (project is { Options.JobTokenMayRead: false } && caller.Credential is { Kind: CredentialKind.JobToken })
        {
            return GitLabAnswers.Forbidden();
        }

        if (project is { Options.IsPublic: true })
        {
            return null;
        }

        if (caller.Credential is null)
        {
            return GitLabAnswers.Unauthorized(response, basicRealm);
        }

        return project is null
            ? GitLabAnswers.NotFound("Project")
            : caller.AccessTo(project) switch
            {
                AccessLevel.None => GitLabAnswers.NotFound("Project"),
                AccessLevel.Guest => GitLabAnswers.Forbidden(),
                _ => null,
            };
    }

    public static IResult? Publish(HttpResponse response, Caller caller, GitLabProject? project, bool basicRealm)
    {
        if (caller.Credential is null)
        {
            return GitLabAnswers.Unauthorized(response, basicRealm);
        }

        if (project is null)
        {
            return GitLabAnswers.NotFound("Project");
        }

        if (!project.Options.PackagesEnabled || (!project.Options.JobTokenMayPublish && caller.Credential.Kind == CredentialKind.JobToken))
        {
            return GitLabAnswers.Forbidden();
        }

        return caller.AccessTo(project) switch
        {
            AccessLevel.Developer => null,
            AccessLevel.None when !project.Options.IsPublic => GitLabAnswers.NotFound("Project"),
            _ => GitLabAnswers.Forbidden(),
        };
    }
}
