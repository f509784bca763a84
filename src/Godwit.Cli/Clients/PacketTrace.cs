using System.Text;
using Godwit.Client;
using Godwit.Client.Connections;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Cli.Clients;

/// <summary>
/// <c>--debug</c>: a line for each packet, in the words of Mosquitto's tools and like theirs on standard output. It looks at the bytes that
/// really pass, so what it says was sent was sent.
/// </summary>
internal sealed class PacketTrace(OutputWriter output)
{
    private readonly Lock _gate = new();
    private ProtocolVersion _version;
    private string _clientId = "(null)";
    private int _withoutId;             // Mosquitto numbers QoS 0 messages too

    /// <summary>Opens a connection that is watched: inside TLS, when there is TLS.</summary>
    internal async ValueTask<Stream> OpenAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        var stream = await TcpStreams.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        _version = options.Version;
        return new TraceStream(stream, options.Version, OnSending, OnReceived);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static int PacketIdOf(ReadOnlySpan<byte> body) => body.Length >= 2 ? (body[0] << 8) | body[1] : 0;

    private static int ReasonCodeOf(ReadOnlySpan<byte> body) => body.Length >= 3 ? body[2] : 0;

    private void OnSending(FixedHeader header, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            switch (header.Type)
            {
                case PacketType.Connect:
                    OnConnect(body);
                    Print("sending CONNECT");
                    break;

                case PacketType.Publish:
                    Print("sending PUBLISH " + Describe(header, body, isSending: true));
                    break;

                case PacketType.Subscribe:
                    OnSubscribe(body);
                    break;

                case PacketType.Puback or PacketType.Pubrec:
                    Print($"sending {NameOf(header.Type)} (m{PacketIdOf(body)}, rc{ReasonCodeOf(body)})");
                    break;

                case PacketType.Pubrel or PacketType.Pubcomp:
                    Print($"sending {NameOf(header.Type)} (m{PacketIdOf(body)})");
                    break;

                default:
                    Print("sending " + NameOf(header.Type));
                    break;
            }
        }
    }

    private void OnReceived(FixedHeader header, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            switch (header.Type)
            {
                case PacketType.Connack:
                    OnConnack(body);
                    break;

                case PacketType.Publish:
                    Print("received PUBLISH " + Describe(header, body, isSending: false));
                    break;

                case PacketType.Puback or PacketType.Pubcomp:
                    Print($"received {NameOf(header.Type)} (Mid: {PacketIdOf(body)}, RC:{ReasonCodeOf(body)})");
                    break;

                case PacketType.Pubrec or PacketType.Pubrel:
                    Print($"received {NameOf(header.Type)} (Mid: {PacketIdOf(body)})");
                    break;

                case PacketType.Suback:
                    Print("received SUBACK");
                    OnSuback(body);
                    break;

                case PacketType.Disconnect:
                    Print($"received DISCONNECT ({(body.IsEmpty ? 0 : body[0])})");
                    break;

                default:
                    Print("received " + NameOf(header.Type));
                    break;
            }
        }
    }

    private static string NameOf(PacketType type) => type.ToString().ToUpperInvariant();

    private void OnConnect(ReadOnlySpan<byte> body)
    {
        if (ConnectPacket.TryRead(body, out var connect) == PacketError.None && !connect.ClientId.IsEmpty)
        {
            _clientId = Text(connect.ClientId);
        }
    }

    private void OnConnack(ReadOnlySpan<byte> body)
    {
        if (_version == ProtocolVersion.Mqtt5
            && ConnackPacket.TryRead(body, _version, out var connack) == PacketError.None
            && connack.Properties.TryGet(PropertyId.AssignedClientIdentifier, out var assigned))
        {
            _clientId = Text(assigned.Value);
        }

        Print($"received CONNACK ({(body.Length >= 2 ? body[1] : 0)})");
    }

    private void OnSubscribe(ReadOnlySpan<byte> body)
    {
        if (SubscribePacket.TryRead(body, _version, out var subscribe) != PacketError.None)
        {
            return;
        }

        foreach (var entry in subscribe.Filters)
        {
            var options = entry.Options.ToByte();
            Print($"sending SUBSCRIBE (Mid: {subscribe.PacketId}, Topic: {Text(entry.Filter)}, QoS: {options & 0x03}, Options: 0x{options & 0xFC:x2})");
        }
    }

    private void OnSuback(ReadOnlySpan<byte> body)
    {
        if (SubackPacket.TryRead(body, _version, out var suback) == PacketError.None)
        {
            output.WriteLine($"Subscribed (mid: {suback.PacketId}): {string.Join(", ", suback.ReasonCodes.ToArray())}");
        }
    }

    private string Describe(FixedHeader header, ReadOnlySpan<byte> body, bool isSending)
    {
        if (PublishPacket.TryRead(header.Flags, body, _version, out var publish) != PacketError.None)
        {
            return "that is malformed";
        }

        var id = publish.QoS == QoS.AtMostOnce && isSending ? ++_withoutId : publish.PacketId;
        return $"(d{(publish.Dup ? 1 : 0)}, q{(int)publish.QoS}, r{(publish.Retain ? 1 : 0)}, m{id}, '{Text(publish.Topic)}', ... ({publish.Payload.Length} bytes))";
    }

    private void Print(string what) => output.WriteLine($"Client {_clientId} {what}");
}
