using FsCheck;
using FsCheck.Fluent;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.Tests.Support;
using static Godwit.Protocol.Tests.RoundTrip.PacketGen;

namespace Godwit.Protocol.Tests.RoundTrip;

/// <summary>CONNECT with any combination of its fields.</summary>
public sealed class ConnectRoundTripTests
{
    private sealed record Will(QoS QoS, bool Retain, byte[] Properties, byte[] Topic, byte[] Payload);

    private sealed record Connect(
        ProtocolVersion Version, bool IsBridge, bool CleanStart, ushort KeepAliveSeconds, byte[] Properties, byte[] ClientId)
    {
        public Will? Will { get; init; }

        public byte[]? UserName { get; init; }

        public byte[]? Password { get; init; }
    }

    [Fact, Spec("R10", "MQTT-3.1.3-1", "MQTT3-3.1.3-1")]
    public void CONNECT_is_read_as_it_was_written() =>
        ForAll.Check(Connects(), model =>
        {
            var connect = new ConnectPacket
            {
                Version = model.Version,
                IsBridge = model.IsBridge,
                CleanStart = model.CleanStart,
                KeepAliveSeconds = model.KeepAliveSeconds,
                Properties = PropertyBlock.FromTrusted(model.Properties),
                ClientId = model.ClientId,
                HasWill = model.Will is not null,
                WillQoS = model.Will?.QoS ?? QoS.AtMostOnce,
                WillRetain = model.Will?.Retain ?? false,
                WillProperties = PropertyBlock.FromTrusted(model.Will?.Properties),
                WillTopic = model.Will?.Topic,
                WillPayload = model.Will?.Payload,
                HasUserName = model.UserName is not null,
                UserName = model.UserName,
                HasPassword = model.Password is not null,
                Password = model.Password,
            };
            var bytes = new byte[connect.Measure()];
            RoundTripTests.CheckRead(PacketText.Of(connect), bytes, connect.Write(bytes), model.Version);
        }, count: 3_000);

    [Fact, Spec("MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT3-3.1.2-11", "MQTT3-3.1.2-13", "MQTT3-3.1.2-15")]
    public void Will_flags_are_not_written_without_a_will()
    {
        var connect = new ConnectPacket { Version = ProtocolVersion.Mqtt311, ClientId = "a"u8, WillQoS = QoS.ExactlyOnce, WillRetain = true };
        var bytes = new byte[connect.Measure()];

        connect.Write(bytes);

        Assert.Equal(Hex.Parse("10 0D 0004 'MQTT' 04 00 0000 0001 'a'"), bytes);
    }

    private static Gen<Connect> Connects() =>
        from version in PacketGen.Version
        from isBridge in Flag
        from cleanStart in Flag
        from keepAlive in PacketGen.UInt16
        from properties in PacketGen.Properties("CONNECT", version)
        from clientId in Text
        from will in Wills(version)
        from userName in Maybe(Text)
        from password in Maybe(Bytes)
        select new Connect(version, isBridge && version != ProtocolVersion.Mqtt5, cleanStart, keepAlive, properties, clientId)
        {
            Will = will,
            UserName = userName,
            Password = version == ProtocolVersion.Mqtt5 || userName is not null ? password : null,
        };

    private static Gen<Will?> Wills(ProtocolVersion version) =>
        from isThere in Flag
        from qos in PacketGen.QoS
        from retain in Flag
        from properties in PacketGen.Properties("Will", version)
        from topic in Topic
        from payload in Bytes
        select isThere ? new Will(qos, retain, properties, topic, payload) : null;
}
