using Godwit.Fuzz.Models;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Broker;

/// <summary>Reads what the broker has sent as a client would: nothing but whole packets that a server may send, in an order it may have.</summary>
internal static class OutputJudge
{
    private static readonly PacketType[] ServerPackets =
    [
        PacketType.Publish, PacketType.Puback, PacketType.Pubrec, PacketType.Pubrel, PacketType.Pubcomp,
        PacketType.Suback, PacketType.Unsuback, PacketType.Pingresp, PacketType.Disconnect,
    ];

    /// <summary>Throws when something is wrong.</summary>
    /// <param name="peer">Who got it.</param>
    /// <param name="wasCut">The peer did not take everything, so the end may be missing.</param>
    public static void Check(FuzzPeer peer, bool wasCut)
    {
        if (peer.Connection is { } connection)
        {
            Check(peer.Output, connection.Version, connection.PacketSizeMax, wasCut);
        }
        else if (!peer.Output.IsEmpty)
        {
            CheckRefusal(peer.Output);
        }
    }

    private static void Check(ReadOnlySpan<byte> output, ProtocolVersion version, int sizeMax, bool wasCut)
    {
        var isFirst = true;
        while (!output.IsEmpty)
        {
            var (status, error, size) = FrameModel.Read(output, version);
            if (status == FrameStatus.Incomplete && wasCut)
            {
                return;
            }

            Require(status == FrameStatus.Complete && size <= sizeMax, output, $"{status} {error}, {size} bytes");
            var type = (PacketType)(output[0] >> 4);
            var isExpected = isFirst ? type == PacketType.Connack : ServerPackets.Contains(type);
            Require(isExpected, output, $"{type} does not belong here");
            Require(PacketProbe.Read(output[..size], version, PacketSender.Server) is var read && read == PacketError.None, output, $"{read}");
            Require(type != PacketType.Disconnect || (version == ProtocolVersion.Mqtt5 && output.Length == size), output, "DISCONNECT is not the end, or not of 5.0");
            output = output[size..];
            isFirst = false;
        }
    }

    /// <summary>One CONNACK with an error, in the form of one version or another.</summary>
    private static void CheckRefusal(ReadOnlySpan<byte> output)
    {
        var isConnack = output[0] == 0x20 && output.Length > 3 && output[2] == 0 && output[3] != 0;
        var isReadable = PacketProbe.Read(output, ProtocolVersion.Mqtt5, PacketSender.Server) == PacketError.None
            || PacketProbe.Read(output, ProtocolVersion.Mqtt311, PacketSender.Server) == PacketError.None;
        Require(isConnack && isReadable && FrameModel.Read(output, ProtocolVersion.Mqtt311).Size == output.Length, output, "not one CONNACK that refuses");
    }

    private static void Require(bool isRight, ReadOnlySpan<byte> output, string fault)
    {
        if (!isRight)
        {
            throw new InvalidOperationException($"The broker sent {Convert.ToHexString(output[..Math.Min(output.Length, 100)])}: {fault}.");
        }
    }
}
