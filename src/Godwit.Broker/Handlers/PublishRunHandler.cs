using System.Buffers.Binary;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>
/// Runs of simple PUBLISH packets: checks, rights and matching once for all of them, and one copy for each receiver. What the broker does for
/// one small message costs several times what the kernel does for it, so this is where the speed of a busy publisher comes from. It
/// handles what it can do exactly as <see cref="PublishHandler"/> would, message by message, and leaves everything else to that.
/// </summary>
internal sealed class PublishRunHandler(Shard shard)
{
    /// <summary>A longer run is handled in pieces.</summary>
    private const int RunBytesMax = 64 * 1024;

    private const int PubackSize = 4;
    private const uint PubackHead = 0x40_02_00_00;          // type, Remaining Length 2; below them the packet id

    /// <summary>Takes a run from the start of the input, with more than one packet.</summary>
    /// <returns>False: there is none.</returns>
    public bool TryTake(Connection connection, ReadOnlySpan<byte> input, out PublishRun run)
    {
        if (connection.IsMounted)
        {
            run = default;
            return false;
        }

        run = PublishRun.Read(input, connection.Version, shard.Core.Limits.PacketSizeBytesMax, RunBytesMax);
        return run.Count > 1;
    }

    /// <summary>Handles a run.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="run">From <see cref="TryTake"/>.</param>
    /// <param name="budgetBytes">What may still be produced in this turn.</param>
    /// <returns>Bytes handled: the run, or as much of it as the budget allows. 0: it is not simple, its packets are to be handled one by one.</returns>
    public int Handle(Connection connection, scoped PublishRun run, long budgetBytes)
    {
        var error = PublishPacket.TryRead(run.Flags, run.FirstBody, connection.Version, out var first);
        if (error != PacketError.None
            || !shard.Core.IsTopicWithinLimits(first.Topic)
            || run.QoS > shard.Core.MaximumQoSOf(connection)
            || Publications.IsReserved(first.Topic)
            || !shard.Core.Access.MayPublish(connection.Subject, first.Topic, run.QoS, retain: false)
            || !shard.Router.TryFindReceivers(first.Topic, connection, run.QoS, out var receivers))
        {
            return 0;
        }

        var share = budgetBytes / Math.Max(1, receivers.Length);
        if (run.Bytes.Length > share)
        {
            run = PublishRun.Read(run.Bytes, connection.Version, int.MaxValue, (int)Math.Max(share, run.LargestPacketBytes));
        }

        if (run.QoS == QoS.AtMostOnce)
        {
            shard.RunDeliveries.DeliverQoS0(receivers, run);
        }
        else if (connection.PacketSizeMax < PubackSize || !shard.RunDeliveries.TryDeliverQoS1(receivers, connection, first.Topic, run))
        {
            return 0;
        }
        else
        {
            Acknowledge(connection, run);
        }

        shard.Counters.PacketsReceived[(int)PacketType.Publish] += run.Count;
        shard.Counters.PublishReceived[(int)run.QoS] += run.Count;
        shard.Counters.PublishBytesReceived += run.PayloadBytes;
        return run.Bytes.Length;
    }

    /// <summary>PUBACK for each packet of a run, in their order. [MQTT-4.6.0-2] [MQTT3-4.6.0-2]</summary>
    private void Acknowledge(Connection connection, scoped PublishRun run)
    {
        if (connection.Held is not null)
        {
            foreach (var packet in run)
            {
                shard.Answer(connection, new PubackPacket { PacketId = PacketIdOf(packet), ReasonCode = PubackReasonCode.Success });
            }

            return;
        }

        var size = run.Count * PubackSize;
        var destination = shard.Reserve(connection, size);
        foreach (var packet in run)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, PubackHead | PacketIdOf(packet));
            destination = destination[PubackSize..];
        }

        connection.Output.Advance(size);
        shard.Counters.PacketsSent[(int)PacketType.Puback] += run.Count;
    }

    private static ushort PacketIdOf(PublishRun.Packet packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.Bytes[packet.PacketIdAt..]);
}
