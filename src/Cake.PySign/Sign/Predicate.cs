using System.Text;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;

namespace Cake.PySign.Sign;

/// <summary>What is said of files: type and content, the same for each; a statement names exactly one file, as cosign's do.</summary>
internal sealed class Predicate
{
    private readonly string _type;
    private readonly byte[] _json;

    private Predicate(string type, byte[] json) => (_type, _json) = (type, json);

    public static Predicate Read(CosignAttestBlobSettings settings, ICakeEnvironment environment)
    {
        if (string.IsNullOrEmpty(settings.PredicateType) || settings.Predicate is null == settings.PredicateJson is null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "PredicateType and one of Predicate and PredicateJson are needed.",
                "Say what is attested, such as PredicateType = \"https://slsa.dev/provenance/v1\" and a provenance file."
            );
        }

        if (
            settings.AttestationName.Length == 0
            || settings.AttestationName.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
        )
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"AttestationName is \"{settings.AttestationName}\"; letters, digits, - and _ make a name.",
                "Correct AttestationName."
            );
        }

        if (settings.PredicateJson is { } text)
        {
            return new Predicate(settings.PredicateType, Encoding.UTF8.GetBytes(text));
        }

        var path = settings.Predicate!.MakeAbsolute(environment);
        return File.Exists(path.FullPath)
            ? new Predicate(settings.PredicateType, File.ReadAllBytes(path.FullPath))
            : throw new PySignException(PySignFailure.MissingFile, $"There is no predicate at '{path}'.", "Correct Predicate.");
    }

    /// <exception cref="PySignException">The type is not a URI, or the predicate is not one JSON value.</exception>
    public InTotoStatement About(FilePath file)
    {
        try
        {
            return InTotoStatement.Create([new StatementSubject(file.GetFilename().FullPath, FileDigest.Of(file))], _type, _json);
        }
        catch (StatementException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"What is to be attested is not a statement: expected {e.Expected}, found {e.Found}.",
                "Correct PredicateType and the predicate.",
                e
            );
        }
    }
}
