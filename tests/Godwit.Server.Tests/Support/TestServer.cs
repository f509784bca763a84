using System.Net;
using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests.Support;

/// <summary>A broker on a free port of 127.0.0.1.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public TestServer(GodwitServer server) => Server = server;

    /// <summary>Both transports; the black-box tests run over each.</summary>
    public static TheoryData<TransportKind> Transports =>
        OperatingSystem.IsLinux() ? [TransportKind.Epoll, TransportKind.Kestrel] : [TransportKind.Kestrel];

    public GodwitServer Server { get; }

    public IPEndPoint EndPoint => Server.Listeners[0].EndPoint;

    public static async Task<TestServer> StartAsync(TransportKind transport, Action<ServerOptions>? configure = null, ILoggerFactory? loggers = null)
    {
        var options = new ServerOptions { Port = 0, Transport = transport, Shards = 2 };
        configure?.Invoke(options);
        return new TestServer(await GodwitServer.StartAsync(options, loggers ?? NullLoggerFactory.Instance));
    }

    public Task<RawClient> ConnectAsync(string clientId, ushort keepAliveSeconds = 0, string? willTopic = null, int receiveBufferSize = 0) =>
        RawClient.ConnectAsync(EndPoint, clientId, keepAliveSeconds: keepAliveSeconds, willTopic: willTopic, receiveBufferSize: receiveBufferSize);

    public Task<RawClient> OpenAsync() => RawClient.OpenAsync(EndPoint);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
