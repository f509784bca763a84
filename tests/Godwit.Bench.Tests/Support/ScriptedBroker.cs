using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Bench.Tests.Support;

/// <summary>
/// A broker on a free port of this machine that forwards every message to every subscriber at QoS 0, except as a script says:
/// for each message, counted from 0, how many copies go out and how many messages later. It speaks MQTT 5.0.
/// </summary>
internal sealed class ScriptedBroker : IDisposable
{
    private const ProtocolVersion Version = ProtocolVersion.Mqtt5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Socket> _connections = new();
    private readonly ConcurrentQueue<Socket> _subscribers = new();
    private readonly List<(int At, byte[] Bytes)> _delayed = [];
    private readonly Lock _gate = new();
    private int _messages;

    private ScriptedBroker()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Copies of a message; 0 drops it.</summary>
    internal Func<int, int> Copies { get; set; } = _ => 1;

    /// <summary>Behind how many later messages a message comes; 0: at once.</summary>
    internal Func<int, int> Delay { get; set; } = _ => 0;

    /// <summary>What CONNACK says.</summary>
    internal ConnackReasonCode Connack { get; set; } = ConnackReasonCode.Success;

    /// <summary>What SUBACK says to each filter.</summary>
    internal SubackReasonCode Suback { get; set; } = SubackReasonCode.GrantedQoS0;

    /// <summary>What PUBACK says.</summary>
    internal PubackReasonCode Puback { get; set; } = PubackReasonCode.Success;

    internal static ScriptedBroker Start() => new();

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
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                _connections.Enqueue(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                received.AddRange(buffer.AsSpan(0, count));
                received.RemoveRange(0, HandleAll(socket, [.. received]));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client has gone, or the test is over.
        }
    }

    private int HandleAll(Socket socket, byte[] input)
    {
        var done = 0;
        lock (_gate)
        {
            while (PacketFramer.TryRead(input.AsSpan(done), Version, int.MaxValue, out var header, out var body, out var size, out _) == FrameStatus.Complete)
            {
                Handle(socket, header, body);
                done += size;
            }
        }

        return done;
    }

    private void Handle(Socket socket, FixedHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case PacketType.Connect:
                Send(socket, Encode(new ConnackPacket { ReasonCode = Connack }));
                break;

            case PacketType.Subscribe:
                SubscribePacket.TryRead(body, Version, out var subscribe);
                var codes = new byte[subscribe.FilterCount];
                Array.Fill(codes, (byte)Suback);
                _subscribers.Enqueue(socket);
                Send(socket, Encode(new SubackPacket { PacketId = subscribe.PacketId, ReasonCodes = codes }));
                break;

            case PacketType.Pingreq:
                Send(socket, [0xD0, 0]);
                break;

            case PacketType.Publish:
                PublishPacket.TryRead(header.Flags, body, Version, out var publish);
                if (publish.QoS == QoS.AtLeastOnce)
                {
                    Send(socket, Encode(new PubackPacket { PacketId = publish.PacketId, ReasonCode = Puback }));
                }

                Forward(Encode(new PublishPacket { Topic = publish.Topic, Payload = publish.Payload }));
                break;

            default:
                break;
        }
    }

    private void Forward(byte[] bytes)
    {
        var number = _messages++;
        for (var copy = 0; copy < Copies(number); copy++)
        {
            _delayed.Add((number + Delay(number), bytes));
        }

        foreach (var (_, due) in _delayed.Where(delayed => delayed.At <= number))
        {
            foreach (var subscriber in _subscribers)
            {
                Send(subscriber, due);
            }
        }

        _delayed.RemoveAll(delayed => delayed.At <= number);
    }

    private static void Send(Socket socket, byte[] bytes) => socket.Send(bytes);

    private static byte[] Encode<TPacket>(TPacket packet)
        where TPacket : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(Version)];
        packet.Write(bytes, Version);
        return bytes;
    }
}
