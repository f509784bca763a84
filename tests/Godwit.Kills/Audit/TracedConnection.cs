using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Kills.Audit;

/// <summary>One socket of the broker: the packets of both directions, in the order in which they came and left.</summary>
internal sealed class TracedConnection
{
    private readonly List<byte> _in = [];
    private readonly List<byte> _out = [];
    private int _outPlace;

    /// <summary>Known from CONNECT on.</summary>
    public ProtocolVersion Version { get; private set; } = ProtocolVersion.Mqtt5;

    /// <summary>Its session outlives the connection.</summary>
    public bool IsDurable { get; private set; }

    /// <summary>Takes bytes that came.</summary>
    /// <returns>The packets that they complete.</returns>
    public IEnumerable<TracedPacket> Came(SystemCall call)
    {
        _in.AddRange(call.Data);
        while (Take(_in, call.Exit) is { } packet)
        {
            if (packet.Type == PacketType.Connect)
            {
                Read(packet);
            }

            yield return packet;
        }
    }

    /// <summary>Takes bytes that left.</summary>
    /// <returns>The packets that they complete.</returns>
    public IEnumerable<TracedPacket> Left(SystemCall call)
    {
        _outPlace = _out.Count == 0 ? call.Entry : _outPlace;
        _out.AddRange(call.Data);
        while (Take(_out, _outPlace) is { } packet)
        {
            _outPlace = call.Entry;
            yield return packet;
        }
    }

    private TracedPacket? Take(List<byte> bytes, int place)
    {
        var status = PacketFramer.TryRead(bytes.ToArray(), Version, int.MaxValue, out var header, out var body, out var size, out var error);
        if (status == FrameStatus.Invalid)
        {
            throw new FormatException($"A socket in the trace does not speak MQTT: {error}");
        }

        if (status == FrameStatus.Incomplete)
        {
            return null;
        }

        var packet = new TracedPacket(place, header, body.ToArray());
        bytes.RemoveRange(0, size);
        return packet;
    }

    private void Read(TracedPacket packet)
    {
        Assert.Equal(PacketError.None, ConnectPacket.TryRead(packet.Body, out var connect));
        Version = connect.Version;
        IsDurable = connect.Version == ProtocolVersion.Mqtt5 ? connect.Properties.NumberOr(PropertyId.SessionExpiryInterval, 0) > 0 : !connect.CleanStart;
    }
}
