using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Rig;

/// <summary>A real nginx on loopback.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    private readonly Process _process;

    private NginxServer(Process process, Uri baseUrl)
    {
        _process = process;
        BaseUrl = baseUrl;
    }

    public Uri BaseUrl { get; }

    /// <summary>A store that takes PUT from one user and serves everybody.</summary>
    public static Task<NginxServer> StoreAsync(TemporaryFolder folder, string user, string password)
    {
        var root = folder.Folder("nginx").FullPath;
        Directory.CreateDirectory(IoPath.Combine(root, "files"));
        folder.Write("nginx/users", $"{user}:{{PLAIN}}{password}\n");
        return StartAsync(
            folder,
            "",
            $$"""
            root {{root}}/files;
            dav_methods PUT;
            create_full_put_path on;
            client_max_body_size 0;
            limit_except GET { auth_basic "store"; auth_basic_user_file {{root}}/users; }
            """
        );
    }

    /// <summary>A proxy that caches what another server says.</summary>
    public static Task<NginxServer> CacheAsync(TemporaryFolder folder, Uri upstream) =>
        StartAsync(
            folder,
            $"proxy_cache_path {folder.Folder("nginx").FullPath}/cache keys_zone=index:1m;",
            $$"""
            proxy_pass {{upstream.GetLeftPart(UriPartial.Authority)}};
            proxy_set_header Host $http_host;
            proxy_cache index;
            proxy_cache_key $uri$http_accept;
            proxy_cache_valid 200 1m;
            """
        );

    private static async Task<NginxServer> StartAsync(TemporaryFolder folder, string http, string location)
    {
        var program = PeerPrograms.Require("nginx", "/usr/sbin/nginx");
        var port = FreePort();
        var root = folder.Folder("nginx").FullPath;
        Directory.CreateDirectory(root);
        var temporary = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {root}/{name};\n")
        );
        var configuration = folder.Write(
            "nginx/nginx.conf",
            $$"""
            daemon off;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            worker_processes 1;
            pid {{root}}/pid;
            error_log stderr;
            events {}
            http {
              access_log off;
              {{temporary}}
              {{http}}
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  {{location}}
                }
              }
            }
            """
        );
        var process = Process.Start(
            new ProcessStartInfo(program, ["-p", root, "-e", "stderr", "-c", configuration.FullPath]) { RedirectStandardError = true }
        )!;
        var server = new NginxServer(process, new Uri($"http://127.0.0.1:{port}/"));
        for (var attempt = 0; !await IsListeningAsync(port); attempt++)
        {
            Assert.False(
                process.HasExited || attempt > 3000,
                process.HasExited ? await process.StandardError.ReadToEndAsync() : "nginx does not listen"
            );
            await Task.Delay(100);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
