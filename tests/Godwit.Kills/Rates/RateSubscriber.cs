using System.Net;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Rates;

/// <summary>The durable subscriber for which all messages must be kept until it has acknowledged them, which it does at once.</summary>
internal sealed class RateSubscriber(IPEndPoint broker, params IReadOnlyList<string> filters)
{
    private const int BufferBytes = 256 * 1024;
    private const int PubackBytes = 4;
    private static readonly Packets Packets = new(ProtocolVersion.Mqtt5);

    private byte[] _output = new byte[BufferBytes];
    private int _outputSize;
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    /// <summary>Messages so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>SUBACK has come.</summary>
    public Task Subscribed => _subscribed.Task;

    public async Task RunAsync(CancellationToken stop)
    {
        using var pipe = await PacketPipe.ConnectAsync(broker, Packets.Connect("rate-subscriber"), BufferBytes, stop);
        await pipe.SendAsync(Packets.Subscribe(1, QoS.AtLeastOnce, filters), stop);
        while (true)
        {
            await pipe.ReceiveAsync(Take, stop);
            await pipe.SendAsync(_output.AsMemory(0, _outputSize), stop);
            _outputSize = 0;
        }
    }

    private void Take(FixedHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Type == PacketType.Suback)
        {
            _subscribed.TrySetResult();
            return;
        }

        Assert.Equal(PacketType.Publish, header.Type);
        Assert.Equal(PacketError.None, PublishPacket.TryRead(header.Flags, body, ProtocolVersion.Mqtt5, out var publish));
        if (_outputSize + PubackBytes > _output.Length)
        {
            Array.Resize(ref _output, 2 * _output.Length);
        }

        Packets.Acknowledge(PacketType.Puback, publish.PacketId).CopyTo(_output, _outputSize);
        _outputSize += PubackBytes;
        Interlocked.Increment(ref _count);
    }
}
