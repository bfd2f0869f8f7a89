using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace PySign.House.Tests;

/// <summary>
/// Which namespaces of an assembly use which others of it, read from its compiled form: declarations, attributes and the instructions of
/// every method. A constant of another namespace is copied by the compiler and leaves no trace.
/// </summary>
internal sealed class Arrows
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly OpCode[] _short = new OpCode[256];
    private static readonly OpCode[] _long = new OpCode[256];

    private readonly Assembly _assembly;
    private readonly Func<string, string> _room;
    private readonly Dictionary<(string From, string To), SortedSet<string>> _found = [];

    static Arrows()
    {
        foreach (var code in typeof(OpCodes).GetFields().Select(field => field.GetValue(null)).OfType<OpCode>())
        {
            (code.Size == 1 ? _short : _long)[code.Value & 0xff] = code;
        }
    }

    /// <param name="assembly">What is read.</param>
    /// <param name="room">The room that a namespace belongs to.</param>
    public Arrows(Assembly assembly, Func<string, string> room)
    {
        (_assembly, _room) = (assembly, room);
        foreach (var type in assembly.GetTypes().Where(type => type.Namespace is not null && !IsGeneratedAttribute(type)))
        {
            Read(type);
        }
    }

    /// <summary>An arrow, and the types that it comes from.</summary>
    public IReadOnlyDictionary<(string From, string To), SortedSet<string>> Found => _found;

    /// <summary>Who calls what of the assembly.</summary>
    public static IEnumerable<(MethodBase From, MethodBase To)> Calls(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
        {
            foreach (var method in type.GetMembers(All).OfType<MethodBase>())
            {
                foreach (var token in Tokens(method.GetMethodBody()?.GetILAsByteArray() ?? []))
                {
                    var generics = method.IsGenericMethod ? method.GetGenericArguments() : null;
                    var member = type.Module.ResolveMember(token, type.IsGenericType ? type.GetGenericArguments() : null, generics);
                    if (member is MethodBase called && called.Module.Assembly == assembly)
                    {
                        yield return (method, called);
                    }
                }
            }
        }
    }

    private static bool IsGeneratedAttribute(Type type) =>
        type.Namespace!.StartsWith("System", StringComparison.Ordinal) || type.Namespace.StartsWith("Microsoft", StringComparison.Ordinal);

    private void Read(Type type)
    {
        Use(type, type.BaseType);
        foreach (var one in type.GetInterfaces())
        {
            Use(type, one);
        }

        foreach (var attribute in type.GetCustomAttributesData())
        {
            Use(type, attribute.AttributeType);
        }

        foreach (var field in type.GetFields(All))
        {
            Use(type, field.FieldType);
        }

        foreach (var method in type.GetMembers(All).OfType<MethodBase>())
        {
            Read(type, method);
        }
    }

    private void Read(Type type, MethodBase method)
    {
        Use(type, (method as MethodInfo)?.ReturnType);
        foreach (var parameter in method.GetParameters())
        {
            Use(type, parameter.ParameterType);
        }

        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        foreach (var local in body.LocalVariables)
        {
            Use(type, local.LocalType);
        }

        foreach (var clause in body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause))
        {
            Use(type, clause.CatchType);
        }

        foreach (var token in Tokens(body.GetILAsByteArray() ?? []))
        {
            Use(type, method, token);
        }
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length; )
        {
            var operation = code[at] == 0xfe ? _long[code[at + 1]] : _short[code[at]];
            at += operation.Size;
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return BitConverter.ToInt32(code, at);
                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(code, at));
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at += 1;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    private void Use(Type from, MethodBase method, int token)
    {
        var generics = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var member = from.Module.ResolveMember(token, from.IsGenericType ? from.GetGenericArguments() : null, generics);
        Use(from, member as Type ?? member?.DeclaringType);
        if (member is MethodInfo { IsGenericMethod: true } called)
        {
            foreach (var argument in called.GetGenericArguments())
            {
                Use(from, argument);
            }
        }
    }

    private void Use(Type from, Type? used)
    {
        if (used is null)
        {
            return;
        }

        if (used.HasElementType)
        {
            Use(from, used.GetElementType());
            return;
        }

        foreach (var argument in used.IsGenericParameter ? [] : used.GetGenericArguments())
        {
            if (!argument.IsGenericParameter)
            {
                Use(from, argument);
            }
        }

        if (used.Assembly != _assembly || used.Namespace is not { } space || used.IsDefined(typeof(CompilerGeneratedAttribute)))
        {
            return;
        }

        var (source, target) = (_room(from.Namespace!), _room(space));
        if (source != target)
        {
            if (!_found.TryGetValue((source, target), out var types))
            {
                _found[(source, target)] = types = new SortedSet<string>(StringComparer.Ordinal);
            }

            types.Add($"{Outermost(from).Name} -> {Outermost(used).Name}");
        }
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
