using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>Where an identity token comes from when the CI environment has none by itself. What is named here must deliver.</summary>
public sealed class IdTokenSettings
{
    /// <summary>The environment variable that holds the token, as Jenkins binds its credentials.</summary>
    /// <value>A name; <see langword="null"/> for none.</value>
    public string? Variable { get; set; }

    /// <summary>The file that holds the token, as SPIFFE helpers and projected service account tokens have it. Read again each
    /// time.</summary>
    /// <value>A file; <see langword="null"/> for none.</value>
    public FilePath? File { get; set; }

    /// <summary>The program that prints the token, and nothing else, to its standard output.</summary>
    /// <value>A path, or a name that is looked for on PATH; it is started without a shell. <see langword="null"/> for none.</value>
    public FilePath? Program { get; set; }

    /// <summary>The program's arguments. <c>{audience}</c> in one stands for the audience.</summary>
    /// <value>One argument each; never a secret.</value>
    public IList<string> Arguments { get; } = Setting.List<string>();

    /// <summary>Variables that the program may see although their names look like secrets.</summary>
    /// <value>Names, such as <c>SYSTEM_ACCESSTOKEN</c>.</value>
    public IList<string> PassVariables { get; } = Setting.List<string>();

    /// <summary>Whether a person may be asked to log in, with a browser on any device, when nothing else has a token.</summary>
    /// <value>By default at a terminal, for the public instance or a named <see cref="OidcIssuer"/>. <see cref="PySignChoice.Always"/>:
    /// also without a terminal. <see cref="PySignChoice.Never"/>: not at all. In a CI job nobody is ever asked.</value>
    public PySignChoice Interactive { get; set; }

    /// <summary>The issuer that a person logs in with.</summary>
    /// <value>Its URL; <see langword="null"/> means Sigstore's public one, for the public instance only.</value>
    public Uri? OidcIssuer { get; set; }

    /// <summary>The name by which that issuer knows this client; it becomes the token's audience.</summary>
    /// <value>Default <c>sigstore</c>.</value>
    public string OidcClientId
    {
        get;
        set => field = Setting.NotNull(value);
    } = "sigstore";
}
