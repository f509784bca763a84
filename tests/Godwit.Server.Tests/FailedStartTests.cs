using System.Net;
using System.Net.Sockets;
using Godwit.Server.Hosting;
using Godwit.Server.Storage;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests;

/// <summary>A start that fails gives everything back: the next one, in the same process, can have it at once.</summary>
public sealed class FailedStartTests : IDisposable
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("N"));

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task A_port_in_use_is_named_and_the_data_directory_is_free_at_once(TransportKind transport)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => StartAsync(transport, port));

        Assert.Equal(3, failure.ExitCode);
        Assert.Contains($"127.0.0.1:{port}", failure.Message);
        Assert.Contains($"Another program uses port {port}; stop it, or choose another port with -p", failure.Message);
        await using var server = await StartAsync(transport, port: 0);
        (await server.ConnectAsync("client")).Dispose();
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task A_start_that_fails_at_any_step_gives_everything_back(TransportKind transport)
    {
        await (await StartAsync(transport, port: 0)).DisposeAsync();
        var before = OpenFiles();
        const int Steps = 6;
        for (var step = 1; step <= Steps; step++)
        {
            var rest = step;
            var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => GodwitServer.StartAsync(Options(transport, port: 0), NullLoggerFactory.Instance, new ServerSecurity(), Fail));

            Assert.Equal("as the test wants it", failure.Message);
            Assert.Equal(before, OpenFiles());
            await using var server = await StartAsync(transport, port: 0);
            (await server.ConnectAsync("client")).Dispose();

            void Fail()
            {
                if (--rest == 0)
                {
                    throw new InvalidTimeZoneException("as the test wants it");
                }
            }
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private ServerOptions Options(TransportKind transport, int port) =>
        new() { Port = port, Transport = transport, Shards = 2, DataDirectory = _data, Durability = DurabilityMode.Sync };

    private async Task<TestServer> StartAsync(TransportKind transport, int port) =>
        new(await GodwitServer.StartAsync(Options(transport, port), NullLoggerFactory.Instance));

    /// <summary>Descriptors of the state; elsewhere than on Linux nobody can say.</summary>
    private List<string> OpenFiles() => !OperatingSystem.IsLinux() ? [] :
        [.. new DirectoryInfo("/proc/self/fd").GetFileSystemInfos().Select(file => file.LinkTarget ?? "").Where(target => target.StartsWith(_data, StringComparison.Ordinal))];
}
