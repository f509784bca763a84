using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests;

/// <summary>One packet value can be written for any version: 3.x leaves out what it does not have.</summary>
public sealed class Version3WritingTests
{
    private static ReadOnlySpan<byte> ReasonString => [0x1F, 0x00, 0x01, (byte)'x'];

    [Fact]
    public void Properties_and_reason_codes_of_an_acknowledgement_are_left_out()
    {
        var puback = new PubackPacket { PacketId = 1, ReasonCode = PubackReasonCode.NotAuthorized, Properties = PropertyBlock.FromTrusted(ReasonString) };
        var bytes = new byte[puback.Measure(ProtocolVersion.Mqtt311)];

        puback.Write(bytes, ProtocolVersion.Mqtt311);

        Assert.Equal(Hex.Parse("40 02 0001"), bytes);
    }

    [Fact]
    public void Properties_of_PUBLISH_are_left_out()
    {
        var publish = new PublishPacket { Topic = "a"u8, Properties = PropertyBlock.FromTrusted([0x01, 0x01]), Payload = "x"u8 };
        var bytes = new byte[publish.Measure(ProtocolVersion.Mqtt31)];

        publish.Write(bytes, ProtocolVersion.Mqtt31);

        Assert.Equal(Hex.Parse("30 04 0001 'a' 'x'"), bytes);
    }

    [Theory, Spec("R11", "MQTT3-3.2.2-6")]
    [InlineData(ProtocolVersion.Mqtt311, "20 02 00 03")]
    [InlineData(ProtocolVersion.Mqtt5, "20 07 00 89 04 1F 0001 'x'")]
    public void CONNACK_says_ServerBusy_in_the_words_of_the_version(ProtocolVersion version, string expected)
    {
        var connack = new ConnackPacket { ReasonCode = ConnackReasonCode.ServerBusy, Properties = PropertyBlock.FromTrusted(ReasonString) };
        var bytes = new byte[connack.Measure(version)];

        connack.Write(bytes, version);

        Assert.Equal(Hex.Parse(expected), bytes);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, "20 02 00 00")]
    [InlineData(ProtocolVersion.Mqtt311, "20 02 01 00")]
    [InlineData(ProtocolVersion.Mqtt5, "20 03 01 00 00")]
    public void Session_Present_is_not_written_in_3_1(ProtocolVersion version, string expected)
    {
        var connack = new ConnackPacket { SessionPresent = true };
        var bytes = new byte[connack.Measure(version)];

        connack.Write(bytes, version);

        Assert.Equal(Hex.Parse(expected), bytes);
    }

    [Fact, Spec("MQTT3-3.9.3-2")]
    public void Every_failure_in_SUBACK_is_0x80()
    {
        var suback = new SubackPacket { PacketId = 1, ReasonCodes = [0x00, 0x87, 0x02, 0x8F, 0x80], Properties = PropertyBlock.FromTrusted(ReasonString) };
        var bytes = new byte[suback.Measure(ProtocolVersion.Mqtt311)];

        suback.Write(bytes, ProtocolVersion.Mqtt311);

        Assert.Equal(Hex.Parse("90 07 0001 00 80 02 80 80"), bytes);
    }

    [Fact]
    public void UNSUBACK_and_DISCONNECT_have_no_codes()
    {
        var unsuback = new UnsubackPacket { PacketId = 1, ReasonCodes = [0x11], Properties = PropertyBlock.FromTrusted(ReasonString) };
        var disconnect = new DisconnectPacket { ReasonCode = DisconnectReasonCode.DisconnectWithWillMessage, Properties = PropertyBlock.FromTrusted(ReasonString) };
        var bytes = new byte[unsuback.Measure(ProtocolVersion.Mqtt311) + disconnect.Measure(ProtocolVersion.Mqtt311)];

        var length = unsuback.Write(bytes, ProtocolVersion.Mqtt311);
        disconnect.Write(bytes.AsSpan(length), ProtocolVersion.Mqtt311);

        Assert.Equal(Hex.Parse("B0 02 0001 | E0 00"), bytes);
    }
}
