using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.Tests.Support;
using Godwit.Protocol.Topics;

namespace Godwit.Fuzz.Tests;

/// <summary>The worst packets for a reader cost what their size allows.</summary>
public sealed class CodecBoundsTests
{
    [Theory, Spec("Hostile-11")]
    [InlineData("26 0000 0000")]                // the smallest User Property
    [InlineData("26 0001 'k' 0001 'v'")]
    public void CONNECT_with_many_User_Properties(string property) =>
        Growth.IsLinear(5000, count =>
        {
            var body = ConnectBody(property, count);
            return () =>
            {
                Assert.Equal(PacketError.None, ConnectPacket.TryRead(body, out var connect));
                Assert.Equal(count, connect.Properties.CountOf(PropertyId.UserProperty));
                Assert.Equal(7u, connect.Properties.NumberOr(PropertyId.ReceiveMaximum, absent: 7));
            };
        });

    [Fact, Spec("Hostile-11")]
    public void PUBLISH_with_many_Subscription_Identifiers() =>
        Growth.IsLinear(5000, count =>
        {
            byte[] body = [0, 1, (byte)'t', .. Raw.Block([.. Enumerable.Repeat<byte[]>([0x0B, 0x01], count).SelectMany(property => property)])];
            return () =>
            {
                Assert.Equal(PacketError.None, PublishPacket.TryRead(0, body, ProtocolVersion.Mqtt5, out var publish));
                Assert.Equal(count, publish.Properties.CountOf(PropertyId.SubscriptionIdentifier));
            };
        });

    [Fact, Spec("Hostile-7")]
    public void Topic_with_many_levels() =>
        Growth.IsLinear(4095, levels =>
        {
            var topic = Enumerable.Repeat((byte)'/', levels).ToArray();
            var filter = Enumerable.Range(0, (2 * levels) + 1).Select(i => i % 2 == 0 ? (byte)'+' : (byte)'/').ToArray();
            return () =>
            {
                Assert.True(TopicFilter.TryParse(filter, out _));
                Assert.True(TopicFilter.Matches(filter, topic));
                Assert.Equal(levels + 1, TopicName.CountLevels(topic));
            };
        });

    [Fact, Spec("Hostile-12")]
    public void A_packet_that_grows_byte_by_byte_is_framed_from_its_header() =>
        Growth.IsLinear(128 * 1024, size =>
        {
            var packet = Raw.Packet(0x30, new byte[size]);
            return () =>
            {
                for (var length = 0; length < packet.Length; length++)
                {
                    Assert.Equal(FrameStatus.Incomplete, PacketFramer.TryRead(packet.AsSpan(0, length), ProtocolVersion.Mqtt5, int.MaxValue, out _, out _, out _, out _));
                }
            };
        });

    [Theory, Spec("Hostile-18", "Hostile-59")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0x0FFFFFFF)]
    public void A_declared_length_costs_nothing(int length)
    {
        for (var first = 0; first <= 255; first++)
        {
            byte[] packet = [(byte)first, .. Raw.VariableByteInteger(length), 0];
            foreach (var version in Enum.GetValues<ProtocolVersion>())
            {
                PacketProbe.Read(packet, version, PacketSender.Client);
                var before = GC.GetAllocatedBytesForCurrentThread();
                PacketProbe.Read(packet, version, PacketSender.Client);
                Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }

    private static byte[] ConnectBody(string property, int count) =>
    [
        .. Hex.Parse("0004 'MQTT' 05 02 003C"),
        .. Raw.Block([.. Enumerable.Repeat(Hex.Parse(property), count).SelectMany(bytes => bytes)]),
        .. Hex.Parse("0001 'c'"),
    ];
}
