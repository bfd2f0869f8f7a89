// The project's own release: a package that is the same bytes from any folder, its SHA256SUMS, its bill of materials, and signatures.
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

/// Packs the working tree and a fresh clone of the same commit, and fails unless both packages are the same bytes.
FilePath PackReproducibly(string version, DirectoryPath output)
{
    CleanDirectory(output);
    var exit = StartProcess("git", new ProcessSettings { Arguments = "status --porcelain", RedirectStandardOutput = true }, out var said);
    var changes = said.ToList();
    if (exit != 0 || changes.Count > 0)
    {
        throw new CakeException($"A release is that of a commit, and this is not one: {string.Join("; ", changes.Take(5).DefaultIfEmpty("no git repository"))}.");
    }

    PackAddin(version, output);
    var package = output.CombineWithFilePath($"Cake.PySign.{version}.nupkg");
    NormalizePackage(package);

    var second = output.Combine("second");
    Run("git", new ProcessArgumentBuilder().Append("clone").Append("--quiet").Append("--no-hardlinks").Append(".").AppendQuoted(second.Combine("clone").FullPath));
    Run("dotnet", new ProcessArgumentBuilder().Append("pack").AppendQuoted(second.Combine("clone/src/Cake.PySign/Cake.PySign.csproj").FullPath)
        .Append("--configuration").Append(configuration).Append("--output").AppendQuoted(second.FullPath).Append("--verbosity").Append("quiet").Append($"-p:Version={version}"));
    var again = second.CombineWithFilePath(package.GetFilename());
    NormalizePackage(again);
    var (ours, theirs) = (Sha256(package), Sha256(again));
    if (ours != theirs)
    {
        throw new CakeException($"Two builds of one commit differ: {ours} here, {theirs} from a fresh clone. {FirstDifference(package, again)} Find what depends on the folder or the clone, or run --target=Clean first.");
    }

    DeleteDirectory(second, new DeleteDirectorySettings { Recursive = true, Force = true });
    Information("{0}: {1}, the same from a fresh clone", package.GetFilename(), ours);
    return package;
}

/// NuGet writes times, an order and a random name into a package; none of them says anything about its content.
void NormalizePackage(FilePath package)
{
    var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
    using (var source = ZipFile.OpenRead(package.FullPath))
    {
        foreach (var entry in source.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            entries.Add(entry.FullName, bytes.ToArray());
        }
    }

    var properties = entries.Keys.Single(name => name.EndsWith(".psmdcp", StringComparison.Ordinal));
    var stable = $"package/services/metadata/core-properties/{Convert.ToHexStringLower(SHA256.HashData(entries[properties]))[..32]}.psmdcp";
    entries[stable] = entries[properties];
    entries.Remove(properties);
    var relations = Encoding.UTF8.GetString(entries["_rels/.rels"]).Replace(properties, stable, StringComparison.Ordinal);
    var number = 0;
    entries["_rels/.rels"] = Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(relations, "Id=\"R[0-9A-F]+\"", _ => $"Id=\"R{++number}\""));

    System.IO.File.Delete(package.FullPath);
    using var target = ZipFile.Open(package.FullPath, ZipArchiveMode.Create);
    foreach (var (name, bytes) in entries)
    {
        var entry = target.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(bytes);
    }
}

string FirstDifference(FilePath one, FilePath other)
{
    using var left = ZipFile.OpenRead(one.FullPath);
    using var right = ZipFile.OpenRead(other.FullPath);
    var names = left.Entries.Select(entry => entry.FullName).Union(right.Entries.Select(entry => entry.FullName)).Order(StringComparer.Ordinal);
    var first = names.FirstOrDefault(name => left.GetEntry(name)?.Crc32 != right.GetEntry(name)?.Crc32);
    return first is null ? "Their entries are the same." : $"First: {first}.";
}

/// A CycloneDX 1.6 document of what the package holds. It has no dependencies: everything in it was compiled from this repository.
FilePath WriteBillOfMaterials(FilePath package, string version)
{
    using var archive = ZipFile.OpenRead(package.FullPath);
    var files = new JsonArray();
    foreach (var entry in archive.Entries.Where(entry => entry.FullName.EndsWith(".dll", StringComparison.Ordinal)).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
    {
        using var stream = entry.Open();
        files.Add(new JsonObject
        {
            ["type"] = "file",
            ["bom-ref"] = entry.FullName,
            ["name"] = entry.FullName,
            ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Convert.ToHexStringLower(SHA256.HashData(stream)) }),
        });
    }

    var document = new JsonObject
    {
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["version"] = 1,
        ["metadata"] = new JsonObject
        {
            ["component"] = new JsonObject
            {
                ["type"] = "library",
                ["bom-ref"] = $"pkg:nuget/Cake.PySign@{version}",
                ["name"] = "Cake.PySign",
                ["version"] = version,
                ["purl"] = $"pkg:nuget/Cake.PySign@{version}",
                ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "MIT" } }),
                ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Sha256(package) }),
            },
        },
        ["components"] = files,
        ["dependencies"] = new JsonArray(new JsonObject { ["ref"] = $"pkg:nuget/Cake.PySign@{version}", ["dependsOn"] = new JsonArray() }),
    };
    var path = package.AppendExtension(".cdx.json");
    System.IO.File.WriteAllText(path.FullPath, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    return path;
}

FilePath WriteSums(DirectoryPath folder, params FilePath[] files)
{
    var path = folder.CombineWithFilePath("SHA256SUMS");
    System.IO.File.WriteAllText(path.FullPath, string.Concat(files.Select(file => $"{Sha256(file)}  {file.GetFilename()}\n")));
    return path;
}

string Sha256(FilePath file)
{
    using var stream = System.IO.File.OpenRead(file.FullPath);
    return Convert.ToHexStringLower(SHA256.HashData(stream));
}
