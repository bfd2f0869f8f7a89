using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Cake.Core.Annotations;

namespace PySign.House.Tests;

/// <summary>
/// The page for script writers, made from the addin's XML documentation: every alias, every setting with its type and default, every member
/// of a result.
/// </summary>
internal sealed partial class AliasPage(Assembly addin)
{
    private readonly XmlDocumentation _documentation = new(addin);
    private readonly NullabilityInfoContext _nullability = new();
    private readonly StringBuilder _page = new();

    public static IEnumerable<MethodInfo> Aliases(Assembly addin) =>
        addin
            .GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(CakeMethodAliasAttribute)) || method.IsDefined(typeof(CakePropertyAliasAttribute)));

    public string Write()
    {
        Add("# Aliases, settings and results");
        Add(
            "Generated from the XML documentation of the shipped assembly; `PYSIGN_ACCEPT_PAGES=1` rewrites it "
                + "(see CONTRIBUTING.md). The first parameter of every alias is Cake's context, which a script does not write."
        );
        var aliases = Aliases(addin)
            .GroupBy(method => method.Name, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        Add(string.Join('\n', aliases.Select(group => $"- [`{group.Key}`](#{Anchor(group.Key)}): {Summary(group.First())}")));
        Add("## Aliases");
        foreach (var alias in aliases)
        {
            WriteAlias(alias.Key, [.. alias.OrderBy(method => method.GetParameters().Length)]);
        }

        var types = addin.GetExportedTypes().Where(type => !IsAliasClass(type)).OrderBy(type => type.Name, StringComparer.Ordinal).ToList();
        var settings = types.Where(IsSettings).ToList();
        var failures = types.Where(type => typeof(Exception).IsAssignableFrom(type)).ToList();
        var enums = types.Where(type => type.IsEnum).ToList();
        Section("Settings", settings, WriteSettings);
        Section("Results and other types", types.Except(settings).Except(failures).Except(enums), WriteMembers);
        Section("Failures", failures, WriteMembers);
        Section("Values", enums, WriteEnum);
        return _page.ToString().TrimEnd() + "\n";
    }

    private static bool IsAliasClass(Type type) => Aliases(type.Assembly).Any(method => method.DeclaringType == type);

    private static bool IsSettings(Type type) =>
        type is { IsEnum: false, IsInterface: false }
        && (
            type.Name.EndsWith("Settings", StringComparison.Ordinal)
            || type.Name.EndsWith("Options", StringComparison.Ordinal)
            || type.Name.EndsWith("Limits", StringComparison.Ordinal)
        );

    private void Section(string title, IEnumerable<Type> types, Action<Type> write)
    {
        Add($"## {title}");
        foreach (var type in types)
        {
            Add($"### {ShortName(type)}");
            Add(Escaped(_documentation.Text(XmlDocumentation.Id(type), "summary")));
            if (_documentation.Text(XmlDocumentation.Id(type), "remarks") is { Length: > 0 } remarks)
            {
                Add(Escaped(remarks));
            }

            write(type);
        }
    }

    private void WriteAlias(string name, IReadOnlyList<MethodInfo> overloads)
    {
        Add($"### {name}");
        Add(Summary(overloads[0]));
        Add("```csharp\n" + string.Join('\n', overloads.Select(Called)) + "\n```");
        var fullest = overloads[^1];
        var id = XmlDocumentation.Id(fullest);
        var places = fullest.GetParameters().Select(parameter => parameter.Name).ToList();
        Table(
            ["parameter", "type", "meaning"],
            overloads
                .SelectMany(method => method.GetParameters().Skip(1))
                .GroupBy(parameter => parameter.Name, (_, same) => same.Last())
                .OrderBy(parameter => places.IndexOf(parameter.Name))
                .Select(parameter =>
                    new[]
                    {
                        $"`{parameter.Name}`",
                        $"`{Display(parameter.ParameterType, _nullability.Create(parameter))}`",
                        XmlDocumentation.Line(
                            _documentation
                                .Elements(XmlDocumentation.Id(parameter.Member), "param")
                                .FirstOrDefault(p => p.Attribute("name")?.Value == parameter.Name)
                        ),
                    }
                )
        );
        if (_documentation.Text(id, "returns") is { Length: > 0 } returns)
        {
            Add($"Returns: {Escaped(returns)}");
        }

        var failures = _documentation
            .Elements(id, "exception")
            .Select(failure => $"- `{failure.Attribute("cref")!.Value.Split('.')[^1]}`: {Escaped(XmlDocumentation.Line(failure))}");
        Add(string.Join('\n', failures));
        var example = overloads
            .Select(method => _documentation.Element(XmlDocumentation.Id(method), "example")?.Element("code"))
            .FirstOrDefault(code => code is not null);
        if (example is not null)
        {
            Add("```csharp\n" + Unindented(example.Value) + "\n```");
        }
    }

    private void WriteSettings(Type type)
    {
        var defaults = type.GetConstructor([]) is not null && !type.IsAbstract ? Activator.CreateInstance(type) : null;
        Table(
            ["setting", "type", "default", "meaning"],
            Properties(type)
                .Select(property => new[] { $"`{property.Name}`", TypeOf(property), Default(property, defaults), Meaning(property) })
        );
        WriteMethods(type);
    }

    private void WriteMembers(Type type)
    {
        Table(
            ["member", "type", "meaning"],
            Properties(type).Select(property => new[] { $"`{property.Name}`", TypeOf(property), Meaning(property) })
        );
        WriteMethods(type);
    }

    private void WriteMethods(Type type)
    {
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !IsOfObject(method))
            .OrderBy(method => method.Name, StringComparer.Ordinal);
        Table(
            ["method", "meaning"],
            methods.Select(method => new[] { $"`{Signature(method, 0)}`", _documentation.Text(XmlDocumentation.Id(method), "summary") })
        );
    }

    private void WriteEnum(Type type) =>
        Table(
            ["value", "meaning"],
            type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => new[] { $"`{field.Name}`", _documentation.Text(XmlDocumentation.Id(field), "summary") })
        );

    private static bool IsOfObject(MethodInfo method) =>
        method.GetBaseDefinition().DeclaringType == typeof(object) || method.Name is "Deconstruct" or "<Clone>$" or "Equals";

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            .Where(property => property.GetIndexParameters().Length == 0 && property.DeclaringType!.Assembly == type.Assembly)
            .DistinctBy(property => property.Name, StringComparer.Ordinal)
            .OrderBy(property => property.Name, StringComparer.Ordinal);

    private string TypeOf(PropertyInfo property) => $"`{Display(property.PropertyType, _nullability.Create(property))}`";

    private string Meaning(PropertyInfo property)
    {
        var declared = property.DeclaringType!.GetProperty(property.Name)!;
        var id = XmlDocumentation.Id(declared);
        return $"{_documentation.Text(id, "summary")} {_documentation.Text(id, "value")}".Trim();
    }

    private static string Default(PropertyInfo property, object? defaults)
    {
        if (property.IsDefined(typeof(RequiredMemberAttribute)))
        {
            return "required";
        }

        return defaults is null ? "" : Shown(property.GetValue(property.GetMethod!.IsStatic ? null : defaults));
    }

    private static string Shown(object? value) =>
        value switch
        {
            null => "",
            true => "`true`",
            false => "`false`",
            string { Length: 0 } => "empty",
            string text => $"`{text}`",
            TimeSpan time => Time(time),
            IEnumerable list => string.Join(", ", list.Cast<object>().Select(Shown)) is { Length: > 0 } shown ? shown : "empty",
            IFormattable number when !value.GetType().IsEnum => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
            _ when value.GetType().IsEnum => $"`{value}`",
            _ when IsSettings(value.GetType()) => "its defaults",
            _ => value.ToString() is { } text && text != value.GetType().FullName ? $"`{text}`" : "",
        };

    private static string Time(TimeSpan time) =>
        time.TotalHours >= 1 && time.Minutes == 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h")
        : time.TotalMinutes >= 1 && time.Seconds == 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private string Summary(MethodInfo method) => Escaped(_documentation.Text(XmlDocumentation.Id(method), "summary"));

    private string Called(MethodInfo method) => Signature(method, 1);

    private string Signature(MethodInfo method, int skipped)
    {
        var parameters = method
            .GetParameters()
            .Skip(skipped)
            .Select(parameter => $"{Display(parameter.ParameterType, _nullability.Create(parameter))} {parameter.Name}");
        return $"{Display(method.ReturnType, _nullability.Create(method.ReturnParameter))} {method.Name}({string.Join(", ", parameters)})";
    }

    private static string Display(Type type, NullabilityInfo? known = null)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Display(underlying) + "?";
        }

        var mark = known?.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (type.IsArray)
        {
            return Display(type.GetElementType()!, known?.ElementType) + "[]" + mark;
        }

        if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments()
                .Select((one, index) => Display(one, known?.GenericTypeArguments.ElementAtOrDefault(index)));
            return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
        }

        return Keyword(type) + mark;
    }

    private static string Keyword(Type type) =>
        type == typeof(string) ? "string"
        : type == typeof(bool) ? "bool"
        : type == typeof(int) ? "int"
        : type == typeof(long) ? "long"
        : type == typeof(object) ? "object"
        : type == typeof(void) ? "void"
        : ShortName(type);

    private static string ShortName(Type type) =>
        type.DeclaringType is { } outer ? $"{ShortName(outer)}.{type.Name}" : type.Name.Split('`')[0];

    private static string Anchor(string name) => name.ToLowerInvariant();

    private static string Unindented(string code)
    {
        var lines = code.Trim('\n').TrimEnd().Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..].TrimEnd() : ""));
    }

    /// <summary>Angle brackets and bars outside of code would be taken for markup.</summary>
    private static string Escaped(string text) =>
        string.Concat(Code().Split(text).Select(part => part.StartsWith('`') ? part : part.Replace("<", "&lt;", StringComparison.Ordinal)));

    private void Table(string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.Select(row =>
                "| " + string.Join(" | ", row.Select(cell => Escaped(cell).Replace("|", "\\|", StringComparison.Ordinal))) + " |"
            )
            .ToList();
        if (lines.Count > 0)
        {
            Add($"| {string.Join(" | ", head)} |\n|{string.Concat(Enumerable.Repeat("---|", head.Length))}\n{string.Join('\n', lines)}");
        }
    }

    private void Add(string paragraph)
    {
        if (paragraph.Length > 0)
        {
            _page.Append(paragraph).Append("\n\n");
        }
    }

    [GeneratedRegex("(`[^`]*`)")]
    private static partial Regex Code();
}
