using Godwit.Fuzz.Models;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Tests;

/// <summary>The models against examples of the specification: a model that is wrong proves nothing.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("$share/consumer/sport/+", "sport/tennis", true)]
    public void Topics_match_as_the_examples_say(string filter, string topic, bool matches) => Assert.Equal(matches, TopicModel.Matches(filter, topic));

    [Theory]
    [InlineData("sport/tennis#", false)]
    [InlineData("sport/tennis/#/ranking", false)]
    [InlineData("sport+", false)]
    [InlineData("", false)]
    [InlineData("#", true)]
    [InlineData("+/tennis/#", true)]
    [InlineData("$share", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share//a", false)]
    [InlineData("$share/g/", false)]
    [InlineData("$share/g+/a", false)]
    [InlineData("$share/g//", true)]
    public void Filters_are_valid_as_the_examples_say(string filter, bool isValid) => Assert.Equal(isValid, TopicModel.IsValidFilter(filter));

    [Theory]
    [InlineData("", ProtocolVersion.Mqtt5, FrameStatus.Incomplete, PacketError.None, 0)]
    [InlineData("C0", ProtocolVersion.Mqtt5, FrameStatus.Incomplete, PacketError.None, 0)]
    [InlineData("C0 00", ProtocolVersion.Mqtt5, FrameStatus.Complete, PacketError.None, 2)]
    [InlineData("C0 80 00", ProtocolVersion.Mqtt5, FrameStatus.Invalid, PacketError.VariableByteIntegerNotMinimal, 0)]
    [InlineData("C0 80 00", ProtocolVersion.Mqtt311, FrameStatus.Complete, PacketError.None, 3)]
    [InlineData("30 C1 02", ProtocolVersion.Mqtt5, FrameStatus.Incomplete, PacketError.None, 324)]
    [InlineData("30 FF FF FF 7F", ProtocolVersion.Mqtt5, FrameStatus.Incomplete, PacketError.None, 268_435_460)]
    [InlineData("30 FF FF FF FF", ProtocolVersion.Mqtt5, FrameStatus.Invalid, PacketError.VariableByteIntegerTooLong, 0)]
    [InlineData("36 00", ProtocolVersion.Mqtt5, FrameStatus.Invalid, PacketError.QoSInvalid, 0)]
    [InlineData("60 00", ProtocolVersion.Mqtt5, FrameStatus.Invalid, PacketError.ReservedFlags, 0)]
    [InlineData("6A 00", ProtocolVersion.Mqtt31, FrameStatus.Complete, PacketError.None, 2)]
    [InlineData("F0 00", ProtocolVersion.Mqtt311, FrameStatus.Invalid, PacketError.ReservedPacketType, 0)]
    public void Fixed_headers_are_framed(string hex, ProtocolVersion version, FrameStatus status, PacketError error, int size) =>
        Assert.Equal((status, error, size), FrameModel.Read(Hex.Parse(hex), version));

    [Theory]
    [InlineData("'a'", PacketError.None)]
    [InlineData("F4 8F BF BF", PacketError.None)]
    [InlineData("EF BB BF 41", PacketError.None)]
    [InlineData("61 00", PacketError.StringHasNull)]
    [InlineData("FF 00", PacketError.StringHasNull)]
    [InlineData("C0 80", PacketError.StringIllFormed)]
    [InlineData("C1 BF", PacketError.StringIllFormed)]
    [InlineData("E0 9F BF", PacketError.StringIllFormed)]
    [InlineData("ED A0 80", PacketError.StringIllFormed)]
    [InlineData("F4 90 80 80", PacketError.StringIllFormed)]
    [InlineData("F5 80 80 80", PacketError.StringIllFormed)]
    [InlineData("80", PacketError.StringIllFormed)]
    [InlineData("E2 82", PacketError.StringIllFormed)]
    public void Strings_are_well_formed(string hex, PacketError error) => Assert.Equal(error, Utf8Model.Judge(Hex.Parse(hex)));
}
