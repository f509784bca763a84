using Godwit.Client.Connections;
using Godwit.Protocol;

namespace Godwit.Client;

/// <summary>Everything a client can be told. What 3.x does not know must keep its default there.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Host name or address of the server.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>TCP port, 1 to 65,535; usual are 1883, and 8883 with <see cref="Tls"/>.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Host and port as <c>mqtt://host:port</c>, or <c>mqtts://host:port</c> for TLS; without a port 1883 and 8883.</summary>
    public Uri Server
    {
        get => new UriBuilder(Tls is null ? "mqtt" : "mqtts", Host, Port).Uri;
        init
        {
            (Host, Port, var isEncrypted) = ServerAddress.Parse(value);
            Tls = isEncrypted ? Tls ?? new MqttTlsOptions() : Tls;
        }
    }

    /// <summary>How the connection is encrypted; null: not at all.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>Protocol version.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Mqtt5;

    /// <summary>Client Identifier; empty: the server chooses (3.1: this client does). Must be set in 3.x when CleanStart is false.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>User Name; null: none.</summary>
    public string? Username { get; init; }

    /// <summary>Password, at most 65,535 bytes; null: none. In 3.x only together with a user name.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>The first connection discards an earlier session. Later ones of the same client go on with its session.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>The longest silence of this client, in whole seconds up to 65,535; zero: no limit.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The Will Message; null: none.</summary>
    public MqttWill? Will { get; init; }

    /// <summary>How long the server keeps the session after a connection, in whole seconds; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>QoS 1 and 2 messages that the server may send before this program has taken them, 1 to 65,535. 3.x servers are not told.</summary>
    public int ReceiveMaximum { get; init; } = 256;

    /// <summary>Largest packet in bytes that the server may send; null: no limit but the protocol's.</summary>
    public int? MaximumPacketSize { get; init; }

    /// <summary>Topic Aliases that the server may use, 0 to 65,535.</summary>
    public int TopicAliasMaximum { get; init; }

    /// <summary>Asks for Response Information.</summary>
    public bool RequestResponseInformation { get; init; }

    /// <summary>Asks for Reason Strings and User Properties in answers.</summary>
    public bool RequestProblemInformation { get; init; } = true;

    /// <summary>User Properties of CONNECT, in order.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>Authentication Method; null: none. Methods of more than one step are not supported.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Authentication Data, at most 65,535 bytes; only with a method.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    /// <summary>Time for one connection: name, TCP, TLS and CONNACK. When it is over the socket is closed and a new one tried.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections that ConnectAsync tries when no CONNACK comes in time; at least 1.</summary>
    public int ConnectAttemptsMax { get; init; } = 3;

    /// <summary>Time for PINGRESP. When it is over the connection is closed.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for DisconnectAsync and DisposeAsync: half at most for messages in flight, half for the server to close.</summary>
    public TimeSpan DisconnectTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A lost connection is made again, until it succeeds or the server refuses for good.</summary>
    public bool Reconnect { get; init; } = true;

    /// <summary>Upper end of the first waiting time before a new connection; it doubles each time. The real one is random, from zero on.</summary>
    public TimeSpan ReconnectDelayMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Upper end of all waiting times.</summary>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>QoS 1 and 2 messages that this client sends before they are acknowledged; the server's Receive Maximum may be lower.</summary>
    public int InFlightMax { get; init; } = 256;

    /// <summary>PublishAsync calls that may wait for the connection or for the window. One more fails with QuotaExceeded.</summary>
    public int SendQueueMax { get; init; } = 10_000;

    /// <summary>
    /// Received messages that wait for the reader. When they are that many, the socket is not read any more; but while an answer is
    /// awaited it must be, and then QoS 0 messages are dropped and counted.
    /// </summary>
    public int MessageQueueMax { get; init; } = 256;

    /// <summary>Bytes of the received messages that wait for the reader; at the limit as with <see cref="MessageQueueMax"/>.</summary>
    public long MessageQueueBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>The clock of all time limits.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Opens the byte stream to the server; the client disposes it. The default is TCP, with <see cref="Tls"/> when that is set: <see cref="TcpStreams"/>.</summary>
    public Func<MqttClientOptions, CancellationToken, ValueTask<Stream>> StreamFactory { get; init; } = TcpStreams.OpenAsync;
}
