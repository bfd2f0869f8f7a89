using System.Reflection;
using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Build;
using Cake.PySign.Publish;
using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests;

/// <summary>A script is compiled without nullable annotations: nothing warns whoever sets null.</summary>
public sealed class NullSettingsTests
{
    private static readonly Assembly _addin = typeof(PySignException).Assembly;

    public static TheoryData<Type, string> Properties =>
        [
            .. SettingsTypes()
                .SelectMany(type =>
                    type.GetProperties().Where(IsNeverNull).Select(property => new TheoryDataRow<Type, string>(type, property.Name))
                ),
        ];

    public static TheoryData<string, int> Parameters =>
        [
            .. Aliases()
                .SelectMany(
                    (alias, index) =>
                        alias
                            .GetParameters()
                            .Where(parameter => !parameter.ParameterType.IsValueType)
                            .Select(parameter => new TheoryDataRow<string, int>($"{index} {alias.Name}", parameter.Position))
                ),
        ];

    [Theory]
    [MemberData(nameof(Properties))]
    public void A_property_that_always_has_a_value_refuses_null_by_name(Type type, string name)
    {
        var thrown = Assert.Throws<TargetInvocationException>(() =>
            type.GetProperty(name)!.SetValue(Activator.CreateInstance(type, nonPublic: true), null)
        );
        var refused = Assert.IsType<PySignException>(thrown.InnerException);
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
        Assert.StartsWith($"{name} is null", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_takes_no_null()
    {
        var lists = SettingsTypes()
            .SelectMany(type => type.GetProperties().Select(property => (Type: type, Property: property)))
            .Where(one => one.Property.PropertyType.IsGenericType && !one.Property.PropertyType.GetGenericArguments()[0].IsValueType)
            .Where(one =>
                one.Property.PropertyType.GetGenericTypeDefinition() is var kind
                && (kind == typeof(IList<>) || kind == typeof(ICollection<>))
            )
            .ToList();
        Assert.True(lists.Count > 20);
        foreach (var (type, property) in lists)
        {
            var add = typeof(ICollection<>).MakeGenericType(property.PropertyType.GetGenericArguments()).GetMethod("Add")!;
            if (property.GetValue(Activator.CreateInstance(type, nonPublic: true)) is not { } list)
            {
                continue; // A list that says something by not being there is the script's own.
            }

            var refused = Assert.IsType<PySignException>(
                Assert.Throws<TargetInvocationException>(() => add.Invoke(list, [null])).InnerException
            );
            Assert.StartsWith($"{property.Name} holds a null", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_part_of_every_settings_object_is_among_them()
    {
        var parts = SettingsTypes().SelectMany(type => type.GetProperties()).Where(property => IsSettings(property.PropertyType)).ToList();
        Assert.True(parts.Count > 25);
        Assert.All(
            parts.Where(part => part.SetMethod is { IsPublic: true }),
            part => Assert.True(IsNeverNull(part), $"{part.DeclaringType!.Name}.{part.Name}")
        );
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task An_alias_names_the_argument_that_is_null(string alias, int position)
    {
        var method = Aliases().ElementAt(int.Parse(alias.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        var arguments = method
            .GetParameters()
            .Select(parameter => parameter.Position == position ? null : Some(parameter.ParameterType))
            .ToArray();
        var thrown = await Record.ExceptionAsync(async () =>
        {
            if (method.Invoke(null, arguments) is Task task)
            {
                await task;
            }
        });
        var refused = Assert.IsType<ArgumentNullException>(
            thrown is TargetInvocationException { InnerException: { } inner } ? inner : thrown
        );
        Assert.Equal(method.GetParameters()[position].Name, refused.ParamName);
    }

    private static IEnumerable<Type> SettingsTypes() => _addin.GetExportedTypes().Where(type => IsSettings(type) && !type.IsAbstract);

    private static bool IsSettings(Type type) =>
        type is { IsEnum: false, IsClass: true }
        && type.Assembly == _addin
        && (type.Name.EndsWith("Settings", StringComparison.Ordinal) || type.Name.EndsWith("Options", StringComparison.Ordinal));

    private static bool IsNeverNull(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true }
        && !property.PropertyType.IsValueType
        && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.NotNull;

    private static IEnumerable<MethodInfo> Aliases() =>
        _addin
            .GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(CakeMethodAliasAttribute)));

    // Never used: the argument that is null is refused first.
    private static object? Some(Type type)
    {
        if (type == typeof(ICakeContext))
        {
            return new CakeRig().Context;
        }

        if (type == typeof(string))
        {
            return "some";
        }

        if (type.IsInterface)
        {
            return Array.CreateInstance(type.GetGenericArguments()[0], 0);
        }

        return type.GetConstructor([typeof(string)]) is { } named
            ? named.Invoke(["some"])
            : Activator.CreateInstance(type, nonPublic: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(31)]
    [InlineData(10_000_000)]
    public async Task A_time_limit_without_an_end_is_refused_by_the_name_of_its_setting(int days)
    {
        using var rig = new CakeRig();
        var limit = TimeSpan.FromDays(days);
        Action[] uses =
        [
            () => WantedMetadata.From(new PyBuildSettings { Timeout = limit }),
            () => TwineTarget.From(new TwineUploadSettings { Timeout = limit }, rig.Environment),
        ];
        foreach (var use in uses)
        {
            var e = Assert.Throws<PySignException>(use);
            Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
            Assert.Contains("Timeout is", e.Message, StringComparison.Ordinal);
        }

        var sandbox = new SandboxStarter(rig.Services());
        var refused = await Assert.ThrowsAsync<PySignException>(() =>
            sandbox.StartAsync(new StartPySignSandboxSettings { StartTimeout = limit }, TestContext.Current.CancellationToken)
        );
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
    }
}
