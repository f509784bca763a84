using FsCheck;
using FsCheck.Fluent;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Tests.Support;
using static Godwit.Protocol.Tests.RoundTrip.PacketGen;

namespace Godwit.Protocol.Tests.RoundTrip;

/// <summary>Whatever is written is read back with the same fields, and written with the same bytes.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void PUBLISH_is_read_as_it_was_written() =>
        ForAll.Check(
            from version in PacketGen.Version
            from qos in PacketGen.QoS
            from dup in Flag
            from retain in Flag
            from packetId in PacketId
            from topic in Topic
            from properties in PacketGen.Properties("PUBLISH", version)
            from payload in Bytes
            select (version, qos, dup, retain, packetId, topic, properties, payload),
            model =>
            {
                var publish = new PublishPacket
                {
                    QoS = model.qos,
                    Dup = model.dup && model.qos != QoS.AtMostOnce,
                    Retain = model.retain,
                    PacketId = model.qos == QoS.AtMostOnce ? (ushort)0 : model.packetId,
                    Topic = model.topic,
                    Properties = PropertyBlock.FromTrusted(model.properties),
                    Payload = model.payload,
                };
                var bytes = new byte[publish.Measure(model.version)];
                CheckRead(PacketText.Of(publish), bytes, publish.Write(bytes, model.version), model.version);
            });

    [Fact]
    public void PUBACK_is_read_as_it_was_written() =>
        ForAll.Check(Ack<PubackReasonCode>("PUBACK"), model =>
        {
            var puback = new PubackPacket { PacketId = model.PacketId, ReasonCode = model.Code, Properties = PropertyBlock.FromTrusted(model.Properties) };
            var bytes = new byte[puback.Measure(model.Version)];
            CheckRead(PacketText.Of(puback), bytes, puback.Write(bytes, model.Version), model.Version);
        });

    [Fact]
    public void PUBREC_is_read_as_it_was_written() =>
        ForAll.Check(Ack<PubrecReasonCode>("PUBREC"), model =>
        {
            var pubrec = new PubrecPacket { PacketId = model.PacketId, ReasonCode = model.Code, Properties = PropertyBlock.FromTrusted(model.Properties) };
            var bytes = new byte[pubrec.Measure(model.Version)];
            CheckRead(PacketText.Of(pubrec), bytes, pubrec.Write(bytes, model.Version), model.Version);
        });

    [Fact]
    public void PUBREL_is_read_as_it_was_written() =>
        ForAll.Check(Ack<PubrelReasonCode>("PUBREL"), model =>
        {
            var pubrel = new PubrelPacket { PacketId = model.PacketId, ReasonCode = model.Code, Properties = PropertyBlock.FromTrusted(model.Properties) };
            var bytes = new byte[pubrel.Measure(model.Version)];
            CheckRead(PacketText.Of(pubrel), bytes, pubrel.Write(bytes, model.Version), model.Version);
        });

    [Fact]
    public void PUBCOMP_is_read_as_it_was_written() =>
        ForAll.Check(Ack<PubcompReasonCode>("PUBCOMP"), model =>
        {
            var pubcomp = new PubcompPacket { PacketId = model.PacketId, ReasonCode = model.Code, Properties = PropertyBlock.FromTrusted(model.Properties) };
            var bytes = new byte[pubcomp.Measure(model.Version)];
            CheckRead(PacketText.Of(pubcomp), bytes, pubcomp.Write(bytes, model.Version), model.Version);
        });

    [Fact]
    public void CONNACK_is_read_as_it_was_written() =>
        ForAll.Check(
            from version in PacketGen.Version
            from session in Flag
            from code in version == ProtocolVersion.Mqtt5
                ? Code<ConnackReasonCode>()
                : Code<ConnackReturnCode>().Select(code => code.ToReasonCode())
            from properties in PacketGen.Properties("CONNACK", version)
            select (version, session: session && version != ProtocolVersion.Mqtt31, code, properties),
            model =>
            {
                var connack = new ConnackPacket { SessionPresent = model.session, ReasonCode = model.code, Properties = PropertyBlock.FromTrusted(model.properties) };
                var bytes = new byte[connack.Measure(model.version)];
                CheckRead(PacketText.Of(connack), bytes, connack.Write(bytes, model.version), model.version);
            });

    [Fact]
    public void DISCONNECT_is_read_as_it_was_written() =>
        ForAll.Check(
            from properties in PacketGen.Properties("DISCONNECT", ProtocolVersion.Mqtt5)
            from code in Gen.Elements(DisconnectReasonCode.NormalDisconnection, DisconnectReasonCode.DisconnectWithWillMessage, DisconnectReasonCode.MalformedPacket)
            select (properties, code),
            model =>
            {
                var disconnect = new DisconnectPacket { ReasonCode = model.code, Properties = PropertyBlock.FromTrusted(model.properties) };
                var bytes = new byte[disconnect.Measure(ProtocolVersion.Mqtt5)];
                CheckRead(PacketText.Of(disconnect), bytes, disconnect.Write(bytes, ProtocolVersion.Mqtt5), ProtocolVersion.Mqtt5);
            });

    [Fact]
    public void AUTH_is_read_as_it_was_written() =>
        ForAll.Check(
            from properties in PacketGen.Properties("AUTH", ProtocolVersion.Mqtt5)
            from code in Gen.Elements(AuthReasonCode.ContinueAuthentication, AuthReasonCode.Reauthenticate)
            select (properties, code),
            model =>
            {
                var auth = new AuthPacket { ReasonCode = model.code, Properties = PropertyBlock.FromTrusted(model.properties) };
                var bytes = new byte[auth.Measure(ProtocolVersion.Mqtt5)];
                CheckRead(PacketText.Of(auth), bytes, auth.Write(bytes, ProtocolVersion.Mqtt5), ProtocolVersion.Mqtt5);
            });

    internal static void CheckRead(string expected, byte[] bytes, int written, ProtocolVersion version)
    {
        Assert.Equal(bytes.Length, written);
        var decoded = PacketDecoder.Decode(bytes, version);
        Assert.Equal((PacketError.None, expected), (decoded.Error, decoded.Text));
        Assert.Equal(bytes, decoded.Rewritten);
    }

    private static Gen<(ProtocolVersion Version, ushort PacketId, T Code, byte[] Properties)> Ack<T>(string place)
        where T : struct, Enum =>
        from version in PacketGen.Version
        from packetId in PacketId
        from code in version == ProtocolVersion.Mqtt5 ? Code<T>() : Gen.Constant(default(T))
        from properties in PacketGen.Properties(place, version)
        select (version, packetId, code, properties);
}
