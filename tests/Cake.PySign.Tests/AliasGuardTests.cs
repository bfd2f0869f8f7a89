using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Sign;

namespace Cake.PySign.Tests;

/// <summary>One bad alias signature breaks every script that loads the addin, whether or not the script calls it.</summary>
public sealed class AliasGuardTests
{
    private static readonly Assembly _addin = typeof(PySignException).Assembly;

    private static readonly string[] _network =
    [
        "CosignSignBlob",
        "CosignAttestBlob",
        "PyPiAttest",
        "PyPiVerifyAttestations",
        "VerifyBlob",
        "TwineUpload",
        "GenericUpload",
        "GenericDownload",
        "PyPackageDownload",
        "StartPySignSandbox",
        "PyAuditDependencies",
        "PyInspectAttestations",
        "PyVerifyDistribution",
        "PyCheckMirror",
    ];

    private static readonly Dictionary<Type, string> _parts = new()
    {
        [typeof(TrustSettings)] = "Trust",
        [typeof(NetworkSettings)] = "Network",
        [typeof(SignatureStoreSettings)] = "Store",
        [typeof(SigningSettings)] = "Signing",
    };

    // A project has a name and a version, an index a user.
    private static readonly string[] _ownToo = ["Name", "Version", "UserName"];

    /// <summary>Settings of what speaks to no server but the sandbox that it starts.</summary>
    private static readonly Type[] _offline =
    [
        typeof(global::Cake.PySign.Sandbox.StartPySignSandboxSettings),
        typeof(global::Cake.PySign.Import.PyImportDistributionsSettings),
    ];

    public static TheoryData<string> Aliases => [.. Methods().Select(Name)];

    [Fact]
    public void The_aliases_that_scripts_rely_on_exist()
    {
        Assert.Superset(new HashSet<string>(["PyBuild", "PyTest", .. _network]), Methods().Select(method => method.Name).ToHashSet());
    }

    /// <summary>What several aliases need is one object, under one name, that is there before anybody sets it.</summary>
    [Theory]
    [MemberData(nameof(Aliases))]
    public void Its_settings_are_composed_of_the_same_parts(string alias)
    {
        var method = Methods().Single(method => Name(method) == alias);
        foreach (var type in method.GetParameters().Select(parameter => parameter.ParameterType).Where(IsSettings))
        {
            var settings = Activator.CreateInstance(type);
            Assert.Equal(!_offline.Contains(type), type.GetProperties().Any(property => property.PropertyType == typeof(NetworkSettings)));
            foreach (var property in type.GetProperties().Where(property => IsSettings(property.PropertyType)))
            {
                Assert.NotNull(property.GetValue(settings));
                Assert.Equal(_parts.GetValueOrDefault(property.PropertyType, property.Name), property.Name);
            }

            Assert.Empty(
                _parts
                    .Keys.SelectMany(part => part.GetProperties())
                    .Select(part => part.Name)
                    .Except(_ownToo)
                    .Intersect(type.GetProperties().Select(property => property.Name))
            );
        }
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Its_signature_survives_the_script_host(string alias)
    {
        var method = Methods().Single(method => Name(method) == alias);
        var parameters = method.GetParameters();
        Assert.True(method.IsDefined(typeof(ExtensionAttribute)), "an alias is an extension method");
        Assert.Equal(typeof(ICakeContext), parameters[0].ParameterType);
        Assert.NotNull(method.GetCustomAttribute<CakeAliasCategoryAttribute>());
        Assert.NotNull(method.DeclaringType!.GetCustomAttribute<CakeAliasCategoryAttribute>());
        Assert.All(
            parameters,
            parameter =>
            {
                Assert.False(
                    parameter.HasDefaultValue
                        && parameter.ParameterType.IsValueType
                        && parameter.DefaultValue is null
                        && Nullable.GetUnderlyingType(parameter.ParameterType) is null,
                    $"{parameter.Name} has a struct default (CS1750)"
                );
                Assert.False(parameter.HasDefaultValue && parameter.ParameterType == typeof(char), $"{parameter.Name} has a char default");
                Assert.False(parameter.IsDefined(typeof(ParamCollectionAttribute)), $"{parameter.Name} is a params collection (CS0674)");
            }
        );
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public void What_its_settings_need_is_imported_into_the_script(string alias)
    {
        var method = Methods().Single(method => Name(method) == alias);
        var imported = method
            .GetCustomAttributes<CakeNamespaceImportAttribute>()
            .Concat(method.DeclaringType!.GetCustomAttributes<CakeNamespaceImportAttribute>())
            .Select(import => import.Namespace)
            .ToHashSet();
        string[] known =
        [
            "System",
            "System.Collections.Generic",
            "System.Linq",
            "System.Text",
            "System.Threading.Tasks",
            "System.IO",
            "Cake.Core",
            "Cake.Core.IO",
            "Cake.Core.Diagnostics",
        ];
        var needed = method
            .GetParameters()
            .Skip(1)
            .Select(parameter => parameter.ParameterType)
            .SelectMany(type => type.IsGenericType ? [.. type.GetGenericArguments(), type] : new[] { type })
            .Concat(
                method
                    .GetParameters()
                    .Skip(1)
                    .SelectMany(parameter => parameter.ParameterType.GetProperties())
                    .Where(property => property.CanWrite)
                    .Select(property => property.PropertyType)
            )
            .Where(type => type is { IsGenericType: false, IsPrimitive: false })
            .Select(type => type.Namespace!)
            .Except(known)
            .Distinct();
        Assert.Subset(imported, needed.ToHashSet());
    }

    [Fact]
    public void Network_work_is_asynchronous_and_can_be_cancelled()
    {
        foreach (var group in Methods().Where(method => _network.Contains(method.Name)).GroupBy(method => method.Name))
        {
            Assert.All(group, method => Assert.True(typeof(Task).IsAssignableFrom(method.ReturnType), Name(method)));
            Assert.Contains(group, method => method.GetParameters()[^1].ParameterType == typeof(CancellationToken));
            Assert.Contains(group, method => method.GetParameters()[^1].ParameterType != typeof(CancellationToken));
        }
    }

    [Fact]
    public void Each_alias_shows_an_example_and_each_setting_its_value()
    {
        var documentation = XDocument
            .Load(Path.ChangeExtension(_addin.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value);
        Assert.All(
            Methods(),
            method =>
            {
                var member = documentation
                    .Single(pair =>
                        pair.Key.StartsWith($"M:{method.DeclaringType!.FullName}.{method.Name}(", StringComparison.Ordinal)
                        && pair.Value.Elements("param")
                            .Select(param => param.Attribute("name")!.Value)
                            .SequenceEqual(method.GetParameters().Select(p => p.Name!))
                    )
                    .Value;
                Assert.Contains(method.Name, member.Element("example")?.Element("code")?.Value, StringComparison.Ordinal);
                Assert.NotNull(member.Element("returns"));
            }
        );
        var settings = _addin.GetExportedTypes().Where(type => type.Name.EndsWith("Settings", StringComparison.Ordinal));
        Assert.All(
            settings.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)),
            property => Assert.NotNull(documentation[$"P:{property.DeclaringType!.FullName}.{property.Name}"].Element("value"))
        );
    }

    private static IEnumerable<MethodInfo> Methods() =>
        _addin
            .GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(CakeMethodAliasAttribute)) || method.IsDefined(typeof(CakePropertyAliasAttribute)));

    private static string Name(MethodInfo method) =>
        $"{method.Name}({string.Join(", ", method.GetParameters().Skip(1).Select(parameter => parameter.ParameterType.Name))})";

    private static bool IsSettings(Type type) => type.Name.EndsWith("Settings", StringComparison.Ordinal);
}
