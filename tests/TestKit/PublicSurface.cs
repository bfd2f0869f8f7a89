using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PySign.TestKit;

/// <summary>
/// What an assembly offers to others, a line each, compared with a list that is checked in: whoever changes what users compile against
/// does so on purpose, in the same commit. <c>PYSIGN_ACCEPT_SURFACE=1</c> rewrites the list.
/// </summary>
public static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Lines that stand in only one of the two: "+" is offered and not listed, "-" is listed and no longer offered.</summary>
    public static IReadOnlyList<string> Differences(Assembly assembly)
    {
        var listPath = Path.Combine(RepositoryRoot.Path, "tests", assembly.GetName().Name + ".Tests", "PublicSurface.txt");
        var offered = Lines(assembly).ToList();
        if (Environment.GetEnvironmentVariable("PYSIGN_ACCEPT_SURFACE") == "1")
        {
            File.WriteAllText(listPath, string.Join('\n', offered) + "\n");
        }

        var listed = File.ReadAllLines(listPath);
        return [.. offered.Except(listed).Select(l => "+ " + l), .. listed.Except(offered).Select(l => "- " + l)];
    }

    private static IEnumerable<string> Lines(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(type => Members(type).Prepend(Declaration(type))).Distinct().Order(StringComparer.Ordinal);

    private static string Declaration(Type type)
    {
        var kind =
            type.IsEnum ? "enum"
            : type.IsValueType ? "struct"
            : type.IsInterface ? "interface"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        var parents = type.GetInterfaces()
            .Append(type.BaseType!)
            .Where(t => t is not null && t.Namespace is { } n && !n.StartsWith("System", StringComparison.Ordinal))
            .Select(Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        return $"{Name(type)}: {kind}{(parents.Count > 0 ? " : " + string.Join(", ", parents) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => string.Create(CultureInfo.InvariantCulture, $"{Name(type)}.{f.Name} = {f.GetRawConstantValue()}"));
        }

        return type.GetMembers(Declared)
            .Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute)) || m is FieldInfo or PropertyInfo)
            .Select(Line)
            .OfType<string>()
            .Select(l => $"{Name(type)}.{l}");
    }

    private static string? Line(MemberInfo member) =>
        member switch
        {
            ConstructorInfo c when IsOffered(c) => $"new({Parameters(c)})",
            MethodInfo m when IsOffered(m) && !m.IsSpecialName => $"{m.Name}{Generics(m)}({Parameters(m)}) -> {Name(m.ReturnType)}",
            MethodInfo m when IsOffered(m) && m.Name.StartsWith("op_", StringComparison.Ordinal) =>
                $"{m.Name}({Parameters(m)}) -> {Name(m.ReturnType)}",
            PropertyInfo p when (p.GetMethod ?? p.SetMethod) is { } accessor && IsOffered(accessor) =>
                $"{p.Name}{Indexer(p)} {{ {Accessors(p)} }} -> {Name(p.PropertyType)}",
            FieldInfo { IsPublic: true } f => $"{f.Name} -> {Name(f.FieldType)}",
            EventInfo { AddMethod: { } add } e when IsOffered(add) => $"event {e.Name} -> {Name(e.EventHandlerType!)}",
            _ => null,
        };

    private static bool IsOffered(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static string Accessors(PropertyInfo property)
    {
        var set =
            property.SetMethod is { } setter && IsOffered(setter)
                ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
                    ? " init;"
                    : " set;"
                : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{required}{(property.GetMethod is { } getter && IsOffered(getter) ? "get;" : "")}{set}";
    }

    private static string Indexer(PropertyInfo property) =>
        property.GetIndexParameters() is { Length: > 0 } parameters
            ? $"[{string.Join(", ", parameters.Select(p => Name(p.ParameterType)))}]"
            : "";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? "?" : "")}"));

    private static string Name(Type type) =>
        type.IsGenericParameter ? type.Name
        : type.IsByRef ? "ref " + Name(type.GetElementType()!)
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : Outer(type)
            + type.Name.Split('`')[0]
            + (type.IsGenericType ? $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : "");

    private static string Outer(Type type) =>
        type.DeclaringType is { } outer ? Name(outer) + "."
        : type.Namespace is { } space && !space.StartsWith("System", StringComparison.Ordinal) ? space + "."
        : "";
}
