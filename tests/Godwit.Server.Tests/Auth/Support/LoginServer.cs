using System.Net;
using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Auth.Support;

/// <summary>A real broker with users, on a free port of 127.0.0.1; its log is kept at every level.</summary>
internal sealed class LoginServer : IAsyncDisposable
{
    private readonly ConfiguredSecurity _security;
    private readonly GodwitServer _server;
    private readonly LoggerFactory _loggers;

    private LoginServer(ConfiguredSecurity security, GodwitServer server, LoggerFactory loggers, LinesLogger log) =>
        (_security, _server, _loggers, Log) = (security, server, loggers, log);

    public LinesLogger Log { get; }

    public IPEndPoint EndPoint => _server.Listeners[0].EndPoint;

    public static async Task<LoginServer> StartAsync(TransportKind transport, Action<ServerOptions, ListenerOptions> configure)
    {
        var options = new ServerOptions { Transport = transport, Shards = 2 };
        var listener = new ListenerOptions { Name = "first", Port = 0, Addresses = [IPAddress.Loopback] };
        options.Listeners.Add(listener);
        configure(options, listener);
        var log = new LinesLogger();
        var loggers = new LoggerFactory([new OneLogger(log)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        var security = ConfiguredSecurity.Create(options, loggers);
        return new LoginServer(security, await GodwitServer.StartAsync(options, loggers, security.ForServer()), loggers, log);
    }

    /// <summary>Sends CONNECT.</summary>
    public async Task<RawClient> OpenAsync(string clientId, string? user, string? password, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var client = await RawClient.OpenAsync(EndPoint, version);
        await client.SendAsync(Connect(clientId, user, password is null ? null : Encoding.UTF8.GetBytes(password), version));
        return client;
    }

    /// <summary>Sends CONNECT with an Authentication Method.</summary>
    public async Task<RawClient> OpenByMethodAsync(string clientId, string method, byte[] data)
    {
        var client = await RawClient.OpenAsync(EndPoint);
        await client.SendAsync(Connect(clientId, method, data));
        return client;
    }

    /// <summary>AUTH.</summary>
    public static byte[] Auth(AuthReasonCode code, string method, byte[] data)
    {
        using var properties = Properties(method, data);
        var auth = new AuthPacket { ReasonCode = code, Properties = properties.Block };
        var bytes = new byte[auth.Measure(ProtocolVersion.Mqtt5)];
        auth.Write(bytes, ProtocolVersion.Mqtt5);
        return bytes;
    }

    /// <summary>Sends CONNECT; the code of CONNACK.</summary>
    public async Task<byte> LogInAsync(string clientId, string? user, string? password, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        using var client = await OpenAsync(clientId, user, password, version);
        return (await client.ReceiveAsync()).ConnackCode;
    }

    /// <summary>So many messages were not delivered, or not taken, for this reason.</summary>
    public long Dropped(Broker.DropReason reason) => _server.Core.SumCounters().Dropped[(int)reason];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _security.Dispose();
        _loggers.Dispose();
    }

    private static PropertyWriter Properties(string method, byte[] data)
    {
        var properties = new PropertyWriter([]);
        properties.Add(PropertyId.AuthenticationMethod, Encoding.UTF8.GetBytes(method));
        properties.Add(PropertyId.AuthenticationData, data);
        return properties;
    }

    private static byte[] Connect(string clientId, string method, byte[] data)
    {
        using var properties = Properties(method, data);
        var connect = new ConnectPacket { Version = ProtocolVersion.Mqtt5, ClientId = Encoding.UTF8.GetBytes(clientId), CleanStart = true, Properties = properties.Block };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return bytes;
    }

    private static byte[] Connect(string clientId, string? user, byte[]? password, ProtocolVersion version)
    {
        var connect = new ConnectPacket
        {
            Version = version,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            CleanStart = true,
            HasUserName = user is not null,
            UserName = Encoding.UTF8.GetBytes(user ?? ""),
            HasPassword = password is not null,
            Password = password,
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return bytes;
    }

    private sealed class OneLogger(LinesLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
