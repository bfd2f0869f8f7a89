using Cake.Core;
using Cake.Core.Diagnostics;
using PySign.Http;

namespace Cake.PySign.Common.Logging;

/// <summary>Cake's log behind the redactor and the cleaner of foreign text: nothing of this addin reaches a log any other way.</summary>
internal sealed class SafeLog
{
    private readonly ICakeLog _log;

    public SafeLog(ICakeLog log, SecretRedactor redactor)
    {
        _log = log;
        Redactor = redactor;
    }

    /// <summary>What is redacted; a service registers its own tokens here before it says its first word.</summary>
    public SecretRedactor Redactor { get; }

    /// <summary>A log that already knows the secrets of the environment.</summary>
    public static SafeLog For(ICakeContext context)
    {
        var redactor = new SecretRedactor();
        SecretVariables.Register(context.Environment, redactor);
        return new SafeLog(context.Log, redactor);
    }

    public void Information(string text) => Write(Verbosity.Normal, LogLevel.Information, text);

    public void Warning(string text) => Write(Verbosity.Minimal, LogLevel.Warning, text);

    public void Verbose(string text) => Write(Verbosity.Verbose, LogLevel.Verbose, text);

    public void Write(Verbosity verbosity, LogLevel level, string text) => _log.Write(verbosity, level, "{0}", Shown(text));

    /// <summary>A line that a program printed, without secrets, also without those that colors inside hide; otherwise as it is.</summary>
    public string Redact(string line)
    {
        var redacted = Redactor.Redact(line);
        var clean = ForeignText.Clean(redacted);
        if (ReferenceEquals(clean, redacted))
        {
            return redacted;
        }

        var again = Redactor.Redact(clean);
        return again == clean ? redacted : again;
    }

    // Twice: a color inside a secret hides it until it is taken out, and a secret may hold what the cleaner changes.
    private string Shown(string text)
    {
        var redacted = Redactor.Redact(text);
        var clean = ForeignText.Clean(redacted);
        return ReferenceEquals(clean, redacted) ? clean : Redactor.Redact(clean);
    }
}
