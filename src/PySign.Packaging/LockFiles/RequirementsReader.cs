using System.Text;
using System.Text.RegularExpressions;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.LockFiles;

/// <summary>
/// A requirements file with hashes, as pip reads it. It has no file names, and its index is pip's configuration as much as its own options;
/// where it names several, they are of equal rank.
/// </summary>
internal sealed partial class RequirementsReader
{
    private static readonly string[] _long =
    [
        "--index-url",
        "--pypi-url",
        "--extra-index-url",
        "--no-index",
        "--find-links",
        "--requirement",
        "--constraint",
        "--editable",
        "--require-hashes",
        "--no-require-hashes",
        "--no-binary",
        "--only-binary",
        "--prefer-binary",
        "--pre",
        "--all-releases",
        "--only-final",
        "--trusted-host",
        "--use-feature",
        "--hash",
        "--config-settings",
        "--global-option",
    ];

    private static readonly string[] _versionControls = ["git+", "hg+", "svn+", "bzr+"];

    private readonly List<LockedPackage> _packages = [];
    private readonly List<string> _includes = [];
    private readonly List<string> _remarks = [];
    private string? _index;
    private string? _links;
    private bool _noIndex;
    private bool _several;

    public static LockFile Read(ReadOnlySpan<byte> content)
    {
        var reader = new RequirementsReader();
        foreach (var line in RequirementsText.Lines(content))
        {
            reader.Read(line);

            // What has more is refused, and need not be read to its end.
            if (reader._packages.Count > LockFile.MaxPackages)
                break;
        }

        var source = reader.Source();
        return new LockFile
        {
            Kind = LockFileKind.Requirements,
            Packages =
            [
                .. reader._packages.Select(package =>
                    package.Source == LockedSource.UnnamedIndex ? package with { Source = source } : package
                ),
            ],
            Includes = reader._includes,
            Remarks = reader._remarks,
        };
    }

    // Index options hold for the whole file, wherever they stand.
    private LockedSource Source()
    {
        if (_noIndex)
            return new LockedSource(LockedSourceKind.Path, _links);
        return _several || _links is not null
            ? new LockedSource(LockedSourceKind.SeveralIndexes, _index ?? "https://pypi.org/simple")
            : new LockedSource(LockedSourceKind.Index, _index);
    }

    private void Read(RequirementLine line)
    {
        // pip splits at blanks alone: a tab before an option makes it part of the requirement, which then is none.
        if (TabbedOption().IsMatch(line.Text))
            throw LockText.Invalid("a tab before an option", "a blank", line.Line);
        var option = FirstOption().Match(line.Text);
        var requirement = (option.Success ? line.Text[..option.Index] : line.Text).Trim();
        var options = option.Success ? Words(line.Text, option.Groups[1].Index, line.Line) : [];
        if (requirement.Length == 0)
        {
            Options(options, line);
            return;
        }

        _packages.Add(Requirement(requirement, line) with { Files = Files(options, line, requirement) });
    }

    private static List<LockedFile> Files(List<(string Word, int At)> options, RequirementLine line, string requirement)
    {
        var files = new List<LockedFile>();
        for (var i = 0; i < options.Count; i++)
        {
            var (word, at) = options[i];
            var (name, value) = Parts(word);
            if (name == "--hash" && (value ?? (i + 1 < options.Count ? options[++i].Word : null)) is { } hash)
                files.Add(LockText.Hashed(null, hash, line.LineAt(at)));
        }

        if (files.Count == 0 && UrlHash().Match(requirement) is { Success: true } ofUrl)
            files.Add(LockText.Hashed(null, ofUrl.Groups[1].Value, ofUrl.Groups[2].Value, line.Line));
        return files;
    }

    private static LockedPackage Requirement(string text, RequirementLine line)
    {
        if (_versionControls.Any(control => text.StartsWith(control, StringComparison.OrdinalIgnoreCase)) || Scheme().IsMatch(text))
            return Direct(null, BeforeMarker(text), line);
        var match = Named().Match(text);
        if (!match.Success || IsPath(text))
        {
            if (IsPath(text))
                return Local(BeforeMarker(text), LockedSourceKind.Path, line);
            throw LockText.Invalid(text, "a requirement such as name==1.0", line.Line);
        }

        var name = LockText.Name(match.Groups["name"].Value, line.Line);
        var rest = match.Groups["rest"].Value.Trim();
        if (rest.StartsWith('@'))
            return Direct(name, rest[1..].Split(';')[0].Trim(), line);
        return new LockedPackage
        {
            Name = name,
            Version = Pin(rest.Split(';')[0].Trim().TrimStart('(').TrimEnd(')'), line.Line),
            Source = LockedSource.UnnamedIndex,
            Line = line.Line,
            Marker = LockMarker.Environment(
                rest.IndexOf(';', StringComparison.Ordinal) is >= 0 and var marker ? rest[(marker + 1)..] : null,
                selection: null
            ),
        };
    }

    // pip takes ==1.* for a pin too; it is none.
    private static string? Pin(string specifier, int line)
    {
        if (specifier.Contains('\\', StringComparison.Ordinal))
            throw LockText.Invalid(specifier, "a version specifier", line);
        var match = Pinned().Match(specifier);
        if (match.Success)
            return match.Groups[1].Value;
        return specifier.Length == 0 || specifier.StartsWith("===", StringComparison.Ordinal) || VersionSpecifier.TryParse(specifier, out _)
            ? null
            : throw LockText.Invalid(specifier, "a version specifier", line);
    }

    private static LockedPackage Direct(ProjectName? name, string address, RequirementLine line)
    {
        var isVcs = _versionControls.Any(control => address.StartsWith(control, StringComparison.OrdinalIgnoreCase));
        var isFile = address.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        var clean = LockText.Clean(isVcs ? address[(address.IndexOf('+', StringComparison.Ordinal) + 1)..] : address);
        var at = isVcs ? clean.LastIndexOf('@') : -1;
        var revision = at > clean.LastIndexOf('/') ? clean[(at + 1)..] : null;
        var file = LockText.LastPart(clean) is { } last && DistributionFileName.TryParse(last, out var parsed) ? parsed : null;
        return new LockedPackage
        {
            Name = name ?? Egg(address, line) ?? file?.Name ?? Unnamed(clean, line),
            Version = isVcs ? null : file?.Version.Value,
            Source = new LockedSource(
                isVcs ? LockedSourceKind.Vcs
                    : isFile ? LockedSourceKind.Path
                    : LockedSourceKind.Url,
                revision is null ? clean : clean[..at],
                revision
            ),
            Line = line.Line,
        };
    }

    private static LockedPackage Local(string path, LockedSourceKind kind, RequirementLine line)
    {
        var bare = path.Split('[')[0].Split('#')[0].Trim();
        var file = LockText.LastPart(bare) is { } last && DistributionFileName.TryParse(last, out var parsed) ? parsed : null;
        return new LockedPackage
        {
            Name = Egg(path, line) ?? file?.Name ?? Unnamed(bare, line),
            Version = file?.Version.Value,
            Source = new LockedSource(kind, bare),
            Line = line.Line,
        };
    }

    private static ProjectName? Egg(string address, RequirementLine line) =>
        EggName().Match(address) is { Success: true } egg ? LockText.Name(egg.Groups[1].Value, line.Line) : null;

    // What has no name of its own still is a row: the last folder stands for it.
    private static ProjectName Unnamed(string address, RequirementLine line)
    {
        var last = LockText.LastPart(address)?.Split('@')[0] ?? "";
        last = last.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? last[..^4] : last;
        var name = new string([.. last.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]).Trim(
            '.',
            '_',
            '-'
        );
        return ProjectName.TryParse(name, out var parsed) ? parsed : ProjectName.Parse($"line-{line.Line}");
    }

    private static LockedPackage Editable(string target, RequirementLine line) =>
        _versionControls.Any(control => target.StartsWith(control, StringComparison.OrdinalIgnoreCase))
            ? Direct(null, target, line)
            : Local(target, LockedSourceKind.Editable, line);

    private void Options(List<(string Word, int At)> words, RequirementLine line)
    {
        var included = false;
        for (var i = 0; i < words.Count; i++)
        {
            var (name, value) = Parts(words[i].Word);
            string Value() => value ?? (i + 1 < words.Count ? words[++i].Word : null) ?? throw LockText.Invalid(name, "a value", line.Line);
            switch (name)
            {
                case "-i" or "--index-url" or "--pypi-url":
                    _index = LockText.Clean(Value());
                    break;
                case "--extra-index-url":
                    Value();
                    _several = true;
                    break;
                case "--no-index":
                    _noIndex = true;
                    break;
                case "-f" or "--find-links":
                    _links = LockText.Clean(Value());
                    break;
                case "-r" or "--requirement" when !included:
                    _includes.Add(Value());
                    included = true;
                    break;
                case "-c" or "--constraint":
                    _remarks.Add($"Line {line.Line} names constraints, which install nothing and are not read.");
                    Value();
                    break;
                case "-e" or "--editable":
                    _packages.Add(Editable(Value(), line));
                    break;
                case "--hash":
                    _remarks.Add($"Line {line.Line} holds a hash without a requirement, which pip passes over.");
                    Value();
                    break;
                case ['-', '-', ..] when !_long.Contains(name):
                    _remarks.Add($"Line {line.Line} has an option that is not known here.");
                    break;
            }
        }
    }

    // -iURL, --index-url=URL, --index-url URL, and what begins no other option: --index URL
    private static (string Name, string? Value) Parts(string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? word[..equals] : word;
            var meant = _long.Where(known => known.StartsWith(name, StringComparison.Ordinal)).ToList();
            return (_long.Contains(name) || meant.Count != 1 ? name : meant[0], equals > 0 ? word[(equals + 1)..] : null);
        }

        return word.Length > 2 ? (word[..2], word[2..].TrimStart('=')) : (word, null);
    }

    // Words as a shell splits them; foreign text, so nothing in them is expanded.
    private static List<(string Word, int At)> Words(string text, int start, int line)
    {
        var words = new List<(string, int)>();
        var word = new StringBuilder();
        var (at, quote, any) = (start, '\0', false);
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else
                    word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                any = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                if (any || word.Length > 0)
                    words.Add((word.ToString(), at));
                word.Clear();
                any = false;
            }
            else
            {
                if (word.Length == 0 && !any)
                    at = i;
                word.Append(c);
            }
        }

        if (quote != '\0')
            throw LockText.Invalid("an open quote", "a closed one", line);
        if (any || word.Length > 0)
            words.Add((word.ToString(), at));
        return words;
    }

    private static string BeforeMarker(string text) => text.Split("; ")[0].Trim();

    private static bool IsPath(string text)
    {
        var head = text.Split(';')[0].Split('[')[0].Split(" @ ")[0].Trim();
        return head.StartsWith('.') || head.Contains('/', StringComparison.Ordinal) || DistributionFileName.TryParse(head, out _);
    }

    [GeneratedRegex(@"\t\s*--?[A-Za-z]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex TabbedOption();

    [GeneratedRegex(@"(?:^| )\s*(-)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FirstOption();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:(//|/)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();

    [GeneratedRegex(
        @"^(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?<rest>(?:[@<>=!~;(].*)?)$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Named();

    [GeneratedRegex(@"^={2,3}\s*([^\s,*]+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pinned();

    [GeneratedRegex("[#&](sha512|sha384|sha256|sha224|sha1|md5)=([^&;\\s]*)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UrlHash();

    [GeneratedRegex(@"[#&]egg=([A-Za-z0-9._-]+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex EggName();
}
