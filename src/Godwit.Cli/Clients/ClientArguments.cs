using Godwit.Client;
using Godwit.Protocol;

namespace Godwit.Cli.Clients;

/// <summary>What was typed for the connection of pub or sub, checked.</summary>
internal sealed record ClientArguments
{
    /// <summary>The reconnect delay of Mosquitto's tools.</summary>
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    internal required string Host { get; init; }

    internal required int Port { get; init; }

    /// <summary>Null: not encrypted.</summary>
    internal MqttTlsOptions? Tls { get; init; }

    internal required MqttQoS QoS { get; init; }

    /// <summary>Null: not typed.</summary>
    internal string? ClientId { get; init; }

    internal string? UserName { get; init; }

    internal string? Password { get; init; }

    internal required TimeSpan KeepAlive { get; init; }

    /// <summary>Null: 5.0, and 3.1.1 when the server does not know it.</summary>
    internal ProtocolVersion? Version { get; init; }

    internal bool KeepsSession { get; init; }

    internal bool IsDebug { get; init; }

    internal MqttWill? Will { get; init; }

    /// <summary>Options for one attempt to connect.</summary>
    /// <param name="version">The version to try.</param>
    /// <param name="trace">Gets a line for each packet; null: nobody wants them.</param>
    internal MqttClientOptions ToOptions(ProtocolVersion version, PacketTrace? trace)
    {
        var options = new MqttClientOptions
        {
            Host = Host,
            Port = Port,
            Tls = Tls,
            Version = version,
            ClientId = ClientId ?? "",
            Username = UserName,
            Password = Password is null ? (ReadOnlyMemory<byte>?)null : Topics.Utf8.GetBytes(Password),
            KeepAlive = KeepAlive,
            CleanStart = !KeepsSession,
            SessionExpiry = KeepsSession && version == ProtocolVersion.Mqtt5 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
            Will = Will,

            // Not announced: mosquitto 2.0 exceeds it at QoS 2, which would be a protocol error. The unread socket holds the server back.
            ReceiveMaximum = 65_535,
            ReconnectDelayMin = ReconnectDelay,
            ReconnectDelayMax = ReconnectDelay,
        };
        return trace is null ? options : options with { StreamFactory = trace.OpenAsync };
    }
}
