using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PySign.House.Tests;

/// <summary>The XML documentation beside an assembly, as Markdown.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, XElement> _members;

    public XmlDocumentation(Assembly assembly) =>
        _members = XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <summary>One section of a member on one line; empty where it has none.</summary>
    public string Text(string id, string section) => Line(Element(id, section));

    public XElement? Element(string id, string section) => _members.GetValueOrDefault(id)?.Element(section);

    public IEnumerable<XElement> Elements(string id, string section) => _members.GetValueOrDefault(id)?.Elements(section) ?? [];

    public static string Line(XElement? element) =>
        element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(Inline)), " ").Trim();

    public static string Id(Type type) => "T:" + Name(type);

    public static string Id(MemberInfo member) =>
        member switch
        {
            MethodInfo method => $"M:{Name(method.DeclaringType!)}.{method.Name}{Arguments(method)}",
            PropertyInfo property => $"P:{Name(property.DeclaringType!)}.{property.Name}",
            _ => $"F:{Name(member.DeclaringType!)}.{member.Name}",
        };

    private static string Arguments(MethodInfo method)
    {
        var arguments = string.Join(',', method.GetParameters().Select(parameter => Argument(parameter.ParameterType)));
        return arguments.Length > 0 ? $"({arguments})" : "";
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string Argument(Type type)
    {
        if (type.IsArray)
        {
            return Argument(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return Name(type);
        }

        var arguments = string.Join(',', type.GetGenericArguments().Select(Argument));
        return $"{type.GetGenericTypeDefinition().FullName!.Split('`')[0]}{{{arguments}}}";
    }

    private static string Inline(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "para" } paragraph => $" {Line(paragraph)} ",
            XElement { Name.LocalName: "paramref" or "typeparamref" } reference => $"`{reference.Attribute("name")?.Value}`",
            XElement { Name.LocalName: "see" or "seealso" } see => See(see),
            XElement other => string.Concat(other.Nodes().Select(Inline)),
            _ => "",
        };

    private static string See(XElement see)
    {
        if (see.Attribute("langword") is { } word)
        {
            return $"`{word.Value}`";
        }

        if (see.Attribute("href") is { } address)
        {
            return see.Value.Length > 0 ? $"[{see.Value}]({address.Value})" : address.Value;
        }

        var target = (see.Attribute("cref")?.Value ?? "").Split('(')[0];
        var parts = target.Split(':')[^1].Split('.');
        return target.StartsWith("T:", StringComparison.Ordinal) || parts.Length < 2 ? $"`{parts[^1]}`" : $"`{Member(target, parts)}`";
    }

    private static string Member(string target, string[] parts) =>
        target.StartsWith("M:", StringComparison.Ordinal) ? parts[^1] : $"{parts[^2]}.{parts[^1]}";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
