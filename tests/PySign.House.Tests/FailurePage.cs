using System.Reflection;
using System.Text;
using Cake.PySign;
using Cake.PySign.Audit;
using Cake.PySign.Consume;
using Cake.PySign.Import;
using Cake.PySign.Recipe;
using PySign.Http;
using PySign.Packaging;
using PySign.Packaging.Toml;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tuf;

namespace PySign.House.Tests;

/// <summary>The page of everything that stops: exit codes, and one anchor for each reason, under the name that its message ends
/// with.</summary>
internal sealed class FailurePage
{
    private readonly StringBuilder _page = new();

    public string Write()
    {
        _page.Append(
            "# Exit codes and failures\n\n"
                + "Generated from the code (`PYSIGN_ACCEPT_PAGES=1` rewrites it, see CONTRIBUTING.md). Every message "
                + "names its reason: what stops a step in brackets, such as `[PySignFailure.MissingFile]`, what stops a verification in "
                + "front, such as `IdentityMismatch (step Identity)`. It is the value that a script finds in `Reason`, and what to search "
                + "for here.\n\n## Exit codes\n\n| code | what stopped |\n|---|---|\n| 0 | nothing |\n"
        );
        var stages = new XmlDocumentation(typeof(ReleaseStage).Assembly);
        foreach (var field in Fields(typeof(ReleaseStage)).OrderBy(field => (int)field.GetRawConstantValue()!))
        {
            _page.Append(
                $"| {(int)field.GetRawConstantValue()!} | `{field.Name}`: {stages.Text(XmlDocumentation.Id(field), "summary")} |\n"
            );
        }

        _page.Append("| 130 | it was canceled |\n\n");
        Reasons(typeof(PySignFailure), "What stops a step", "`PySignException.Reason`: a task, an alias, a setting.");
        Reasons(
            typeof(VerificationFailure),
            "What stops a verification",
            "`VerificationException.Reason`: a signature, a certificate, a log entry, a time. [verification](verification.md) has the "
                + "steps and the sections of the specifications."
        );
        Reasons(
            typeof(SigningFailure),
            "What stops a signature",
            "`SigningException.Reason`: a token, a service, an answer that does not hold."
        );
        Reasons(typeof(TufFailure), "What stops a renewal of trust", "`TufException.Reason`: a repository that says whom to believe.");
        Reasons(
            typeof(ReleaseFailure),
            "What an independent consumer finds",
            "`ReleaseVerificationException.Problems`, each with its file. "
                + "[verify-as-a-user](verify-as-a-user.md#what-a-refusal-means) says what to do."
        );
        Reasons(
            typeof(PyImportFailure),
            "What stops an import",
            "`PyImportException.Problems`, each with its files; the exit code is 21. See [importing](importing.md#what-is-checked)."
        );
        Reasons(
            typeof(AuditReason),
            "What an audit says of a package",
            "The reasons in `audit.json` and `AuditedPackage.Reasons`; see [dependencies-audit](dependencies-audit.md)."
        );
        Reasons(
            typeof(PackagingFailure),
            "What cannot be read",
            "`PackagingException.Reason`: a name, a version, a wheel, an index page, a lock file."
        );
        Reasons(typeof(TomlFailure), "What TOML refuses", "`TomlException.Reason`, with line and column.");
        Reasons(
            typeof(ServiceFailure),
            "What an exchange over HTTP ends with",
            "`ServiceException.Reason`; for whoever uses the engine as a library."
        );
        return _page.ToString().TrimEnd() + "\n";
    }

    private void Reasons(Type type, string title, string where)
    {
        var documentation = new XmlDocumentation(type.Assembly);
        _page.Append($"## {title}\n\n{where}\n\n");
        foreach (var field in Fields(type))
        {
            _page.Append($"### {type.Name}.{field.Name}\n\n{documentation.Text(XmlDocumentation.Id(field), "summary")}\n\n");
        }
    }

    private static IEnumerable<FieldInfo> Fields(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static);
}
