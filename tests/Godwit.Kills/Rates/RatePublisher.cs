using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Rates;

/// <summary>Keeps a window of messages of QoS 1 open and measures how long each PUBACK takes.</summary>
internal sealed class RatePublisher(IPEndPoint broker, int number, int window, int payloadBytes)
{
    /// <summary>Where all of them publish.</summary>
    public const string AllTopics = "rates/#";

    private static readonly Packets Packets = new(ProtocolVersion.Mqtt5);

    private readonly string _topic = Topic(number);
    private readonly long[] _sent = new long[window + 1];
    private readonly List<ushort> _free = [];

    /// <summary>Microseconds of each PUBACK that came while <see cref="IsMeasured"/>.</summary>
    public List<int> Latencies { get; } = [];

    /// <summary>All PUBACKs so far.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Set by whoever measures, for all at once.</summary>
    public static volatile bool IsMeasured;

    /// <summary>Where one of them publishes.</summary>
    public static string Topic(int number) => string.Create(CultureInfo.InvariantCulture, $"rates/{number}");

    /// <summary>Publishes until stopped, then waits for what is open.</summary>
    public async Task RunAsync(Task begin, CancellationToken stop)
    {
        using var pipe = await PacketPipe.ConnectAsync(
            broker, Packets.Connect(string.Create(CultureInfo.InvariantCulture, $"rate{number}"), cleanStart: true), 16 * 1024, CancellationToken.None);
        var template = Packets.Publish(_topic, new byte[payloadBytes], QoS.AtLeastOnce, 1);
        var idOffset = template.Length - payloadBytes - 3;          // the id, an empty property block, the payload
        var output = new byte[template.Length * window];
        _free.AddRange(Enumerable.Range(1, window).Select(id => (ushort)id));
        await begin;
        while (_free.Count < window || !stop.IsCancellationRequested)
        {
            var size = stop.IsCancellationRequested ? 0 : Write(output, template, idOffset);
            await pipe.SendAsync(output.AsMemory(0, size), CancellationToken.None);
            await pipe.ReceiveAsync(Take, CancellationToken.None);
        }
    }

    private int Write(byte[] output, byte[] template, int idOffset)
    {
        var size = 0;
        foreach (var id in _free)
        {
            template.CopyTo(output, size);
            BinaryPrimitives.WriteUInt16BigEndian(output.AsSpan(size + idOffset), id);
            size += template.Length;
            _sent[id] = Stopwatch.GetTimestamp();
        }

        _free.Clear();
        return size;
    }

    private void Take(FixedHeader header, ReadOnlySpan<byte> body)
    {
        Assert.Equal(PacketType.Puback, header.Type);
        Assert.True(body.Length < 3 || body[2] < 0x80, "a message was refused");
        var id = BinaryPrimitives.ReadUInt16BigEndian(body);
        _free.Add(id);
        Acknowledged++;
        if (IsMeasured)
        {
            Latencies.Add((int)(Stopwatch.GetElapsedTime(_sent[id]).Ticks / TimeSpan.TicksPerMicrosecond));
        }
    }
}
