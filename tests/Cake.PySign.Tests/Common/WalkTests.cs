using System.Globalization;
using System.Net.Sockets;
using Cake.PySign.Audit;
using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Import;
using Cake.PySign.Recipe.Init;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Common;

/// <summary>
/// Every walk over a tree, on generated trees with links up, across, out of the tree and to nowhere, with pipes and sockets, and deep ones:
/// each ends soon, makes no more than there is, and touches nothing outside. <c>PYSIGN_ODD_TREES</c> says how many trees.
/// </summary>
public sealed class WalkTests : IDisposable
{
    private const int Default = 2;

    private static readonly Dictionary<string, Action<string, string, CancellationToken>> _walks = new(StringComparer.Ordinal)
    {
        ["copy of the sources"] = (tree, target, token) =>
            new SourceCopy(tree, [], LeftOutFolders.None, DateTimeOffset.UnixEpoch).To(target, token),
        ["copy of the tests"] = (tree, target, token) =>
        {
            Directory.CreateDirectory(IoPath.Combine(tree, "tests"));
            var tests = TestTree.Of(tree, new PyTestSettings());
            tests.AsksForPytest();
            tests.CopyTo(target, token);
            Assert.Empty(Circles(new DirectoryInfo(target)));
        },
        ["artifacts of an import"] = (tree, _, token) => ArtifactFolders.Find([tree], [], token),
        ["output of a rehearsal"] = (tree, target, _) =>
        {
            RehearsalOutput.Prepare(target);
            PlayedFolders.Copy(tree, IoPath.Combine(target, "dist"));
            RehearsalOutput.List(target);
            RehearsalOutput.Prepare(target);
            Assert.Empty(Directory.GetFiles(target, "*.py", SearchOption.AllDirectories));
        },
        ["removal of a private folder"] = (tree, _, token) =>
        {
            using var folder = new NeutralFolder();
            new SourceCopy(tree, [], LeftOutFolders.None, DateTimeOffset.UnixEpoch).To(folder.Path.Combine("copy"), token);
            NeutralFolder.OpenUp(new DirectoryInfo(folder.Path.FullPath));
        },
        ["own folders of Cake"] = (tree, _, _) => LeftOutFolders.Of(tree, [], [tree]).Holds(tree),
        ["projects of a repository"] = (tree, _, _) => Record.Exception(() => InitLook.At(tree, ".", "gitlab")),
        ["lock files of a folder"] = (tree, _, _) => AuditLocks.In(tree),
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Walks() => [.. _walks.Keys];

    [Theory]
    [MemberData(nameof(Walks))]
    public async Task It_ends_and_touches_nothing_outside(string walk)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("NOT RUN: needs links and pipes");
        }

        var trees = Environment.GetEnvironmentVariable("PYSIGN_ODD_TREES") is { Length: > 0 } asked
            ? int.Parse(asked, CultureInfo.InvariantCulture)
            : Default;
        for (var seed = 0; seed < trees; seed++)
        {
            var tree = _folder.Folder($"tree-{seed}/p").FullPath;
            _folder.Write($"outside-{seed}/photo.jpg", "ten years");
            var sockets = Grow(tree, new Random(seed), 60, _folder.Folder($"outside-{seed}").FullPath);
            var made = _folder.Folder($"made-{seed}").FullPath;
            var mode = ModeOf(_folder.File($"outside-{seed}/photo.jpg").FullPath);
            var run = HangGuard.RunAsync(() => _walks[walk](tree, made, TestContext.Current.CancellationToken));
            // A walk may refuse what it finds; it says so.
            if (await Record.ExceptionAsync(() => run) is { } e)
            {
                Assert.IsType<PySignException>(e);
            }

            sockets.ForEach(socket => socket.Dispose());
            Assert.True(Entries(made) <= Entries(tree) + 10, $"{walk}: tree {seed} has grown");
            Assert.Equal(
                "ten years",
                await File.ReadAllTextAsync(_folder.File($"outside-{seed}/photo.jpg").FullPath, CancellationToken.None)
            );
            Assert.Equal(mode, ModeOf(_folder.File($"outside-{seed}/photo.jpg").FullPath));
        }
    }

    private static UnixFileMode? ModeOf(string file) => OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file);

    private static int Entries(string folder) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFileSystemEntries(
                    folder,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
                .Count()
            : 0;

    private static IEnumerable<string> Circles(DirectoryInfo folder) =>
        folder
            .EnumerateDirectories()
            .SelectMany(one =>
                one.LinkTarget is null ? Circles(one)
                : (one.Parent!.FullName + "/").StartsWith(
                    IoPath.GetFullPath(one.LinkTarget, one.Parent.FullName).TrimEnd('/') + "/",
                    StringComparison.Ordinal
                )
                    ? [one.FullName]
                : Array.Empty<string>()
            );

    private static List<Socket> Grow(string root, Random random, int entries, string outside)
    {
        List<string> folders = [Directory.CreateDirectory(root).FullName];
        List<Socket> sockets = [];
        List<string> pipes = [IoPath.Combine(root, "pipe")];
        File.CreateSymbolicLink(IoPath.Combine(root, "here"), ".");
        File.CreateSymbolicLink(IoPath.Combine(root, "up"), "..");
        for (var i = 0; i < entries; i++)
        {
            var folder = folders[random.Next(folders.Count)];
            var name = $"{random.Next(3) switch { 0 => "test_", 1 => "conftest", _ => "n" }}{i}";
            var path = IoPath.Combine(folder, name);
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    folders.Add(Directory.CreateDirectory(path).FullName);
                    break;
                case 3:
                    // The last of a chain: each leads to the one before.
                    File.CreateSymbolicLink(path, folders[random.Next(folders.Count)]);
                    break;
                case 4:
                    File.CreateSymbolicLink(path, IoPath.GetRelativePath(folder, folders[random.Next(folders.Count)]));
                    break;
                case 5:
                    File.CreateSymbolicLink(path, outside);
                    break;
                case 6:
                    File.CreateSymbolicLink(path, name);
                    break;
                case 7:
                    File.CreateSymbolicLink(path + ".py", IoPath.Combine(outside, "photo.jpg"));
                    break;
                case 8 when sockets.Count < 3 && path.Length < 90:
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    socket.Bind(new UnixDomainSocketEndPoint(path + ".whl"));
                    sockets.Add(socket);
                    break;
                case 9:
                    pipes.Add(path + new[] { ".py", ".whl", ".txt", "" }[random.Next(4)]);
                    break;
                default:
                    File.WriteAllText(path + ".py", "x = 1\n");
                    break;
            }
        }

        pipes.AddRange(
            new[] { "requirements.txt", "pyproject.toml", "setup.py" }
                .Where(_ => random.Next(2) == 0)
                .Select(name => IoPath.Combine(root, name))
        );
        // A name may be taken already.
        ProgramRun.Of("mkfifo", pipes);
        Directory.CreateDirectory(IoPath.Combine(folders[^1], string.Join('/', Enumerable.Repeat("d", 200))));
        return sockets;
    }
}
