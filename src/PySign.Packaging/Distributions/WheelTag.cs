namespace PySign.Packaging.Distributions;

/// <summary>One compatibility tag of a wheel, for example <c>py3-none-any</c>.</summary>
/// <param name="Python">Interpreter and version, for example <c>cp312</c>.</param>
/// <param name="Abi">Binary interface, for example <c>abi3</c> or <c>none</c>.</param>
/// <param name="Platform">Platform, for example <c>manylinux_2_17_x86_64</c> or <c>any</c>.</param>
public sealed record WheelTag(string Python, string Abi, string Platform)
{
    /// <summary>The tag in its usual form, <c>{python}-{abi}-{platform}</c>.</summary>
    public override string ToString() => $"{Python}-{Abi}-{Platform}";
}
