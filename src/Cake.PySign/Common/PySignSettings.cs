namespace Cake.PySign;

/// <summary>What the settings of every alias have that reaches a service, or starts a program that does.</summary>
public abstract class PySignSettings
{
    private protected PySignSettings() { }

    /// <summary>How services, indexes and stores are reached.</summary>
    /// <value>By default directly, with the system's authorities.</value>
    public NetworkSettings Network
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();
}

/// <summary>What the settings of every alias have that decides whom to believe.</summary>
public abstract class TrustingSettings : PySignSettings
{
    private protected TrustingSettings() { }

    /// <summary>Who is believed.</summary>
    /// <value>By default Sigstore's public instance: by TUF where something is signed, as the package carries its keys where something is
    /// verified.</value>
    public TrustSettings Trust
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();
}

/// <summary>Whether something is done that not every index, CI service, signer or machine supports.</summary>
public enum PySignChoice
{
    /// <summary>Where it is supported; the setting says where that is.</summary>
    Auto,

    /// <summary>Whatever supports it or not: where it cannot be done, that is an error.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}

/// <summary>What a choice comes to.</summary>
internal static class Choices
{
    /// <summary>Whether it is done, where <paramref name="supported"/> says what <see cref="PySignChoice.Auto"/> means.</summary>
    public static bool Decide(this PySignChoice choice, bool supported) =>
        choice == PySignChoice.Auto ? supported : choice == PySignChoice.Always;
}
