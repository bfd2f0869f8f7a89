using System.Reflection;
using System.Text;
using Cake.PySign;
using Cake.PySign.Recipe;
using PySign.Sigstore.Errors;

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

        _page.Append("| 130 | it was cancelled |\n\n");
        Reasons(typeof(PySignFailure), "What stops a step", "`PySignException.Reason`: a task, an alias, a setting.");
        Reasons(
            typeof(VerificationFailure),
            "What stops a verification",
            "`VerificationException.Reason`: a signature, a certificate, a log entry, a time. [verification](verification.md) has the "
                + "steps and the sections of the specifications."
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
