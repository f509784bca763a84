using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Cli.Tests.Support;

/// <summary>
/// A server on a free port of this machine that says yes to everything, answers as the protocol wants, and remembers what it was sent. A
/// test may answer single packets otherwise.
/// </summary>
internal sealed class TinyBroker : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<ServerPacket> _packets = new();
    private readonly ConcurrentQueue<Socket> _connections = new();

    private TinyBroker()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Bytes to send instead of the usual answer; empty: close the connection; null: the usual answer.</summary>
    public Func<ServerPacket, byte[]?> Answer { get; set; } = _ => null;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<ServerPacket> Packets => [.. _packets];

    public static TinyBroker Start() => new();

    public IReadOnlyList<ServerPacket> Of(PacketType type) => [.. _packets.Where(packet => packet.Type == type)];

    /// <summary>Waits until so many packets of a type have come.</summary>
    public async Task<IReadOnlyList<ServerPacket>> ReceivesAsync(PacketType type, int count = 1)
    {
        var started = Stopwatch.GetTimestamp();
        while (Of(type).Count < count)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"{count} x {type} did not come; there came: {string.Join(", ", _packets.Select(packet => packet.Type))}");
            await Task.Delay(2);
        }

        return Of(type);
    }

    /// <summary>Sends to the newest connection.</summary>
    public async Task SendAsync(byte[] bytes) => await _connections.Last().SendAsync(bytes);

    /// <summary>Breaks the newest connection.</summary>
    public void Drop() => _connections.Last().Close(timeout: 0);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync();
                _connections.Enqueue(socket);
                _ = ServeAsync(socket);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var version = ProtocolVersion.Mqtt5;
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                received.AddRange(buffer.AsSpan(0, count));
                while (TryTake(received, ref version) is { } packet)
                {
                    _packets.Enqueue(packet);
                    var special = Answer(packet);
                    if (special is { Length: 0 } || packet.Type == PacketType.Disconnect)
                    {
                        socket.Shutdown(SocketShutdown.Both);
                        return;
                    }

                    await socket.SendAsync(special ?? UsualAnswer(packet));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client or the test ended the connection.
        }
    }

    private static ServerPacket? TryTake(List<byte> received, ref ProtocolVersion version)
    {
        var bytes = received.ToArray();
        if (PacketFramer.TryRead(bytes, version, int.MaxValue, out var header, out var body, out var size, out _) != FrameStatus.Complete)
        {
            return null;
        }

        if (header.Type == PacketType.Connect)
        {
            version = (ProtocolVersion)body[2 + body[1]];
        }

        received.RemoveRange(0, size);
        return new ServerPacket(version, header, body.ToArray());
    }

    private static byte[] UsualAnswer(ServerPacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Connect:
                return Bytes.Connack(packet.Version);

            case PacketType.Publish when packet.Publish().QoS == QoS.AtLeastOnce:
                return Bytes.Ack(PacketType.Puback, packet.PacketId());

            case PacketType.Publish when packet.Publish().QoS == QoS.ExactlyOnce:
                return Bytes.Ack(PacketType.Pubrec, packet.PacketId());

            case PacketType.Pubrel:
                return Bytes.Ack(PacketType.Pubcomp, packet.PacketId());

            case PacketType.Pubrec:
                return Bytes.Ack(PacketType.Pubrel, packet.PacketId());

            case PacketType.Subscribe:
                var codes = new List<byte>();
                foreach (var entry in packet.Subscribe().Filters)
                {
                    codes.Add((byte)entry.Options.QoS);
                }

                return Bytes.Suback(packet.Version, packet.PacketId(), [.. codes]);

            case PacketType.Pingreq:
                return Bytes.Pingresp;

            default:
                return [];
        }
    }
}
