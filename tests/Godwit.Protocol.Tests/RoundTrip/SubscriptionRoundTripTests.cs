using FsCheck;
using FsCheck.Fluent;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Tests.Support;
using static Godwit.Protocol.Tests.RoundTrip.PacketGen;

namespace Godwit.Protocol.Tests.RoundTrip;

/// <summary>SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK with any filters and codes.</summary>
public sealed class SubscriptionRoundTripTests
{
    [Fact]
    public void SUBSCRIBE_is_read_as_it_was_written() =>
        ForAll.Check(
            from version in PacketGen.Version
            from packetId in PacketId
            from properties in PacketGen.Properties("SUBSCRIBE", version)
            from entries in Topic.Zip(Options(version)).NonEmptyListOf()
            select (version, packetId, properties, entries),
            model =>
            {
                using var filters = new SubscribeFilterWriter(stackalloc byte[16]);
                foreach (var (filter, options) in model.entries)
                {
                    filters.Add(filter, options);
                }

                var subscribe = new SubscribePacket
                {
                    PacketId = model.packetId,
                    Properties = PropertyBlock.FromTrusted(model.properties),
                    FilterBytes = filters.FilterBytes,
                };
                var bytes = new byte[subscribe.Measure(model.version)];
                Assert.Equal(model.entries.Count, subscribe.FilterCount);
                RoundTripTests.CheckRead(PacketText.Of(subscribe), bytes, subscribe.Write(bytes, model.version), model.version);
            });

    [Fact]
    public void UNSUBSCRIBE_is_read_as_it_was_written() =>
        ForAll.Check(
            from version in PacketGen.Version
            from packetId in PacketId
            from properties in PacketGen.Properties("UNSUBSCRIBE", version)
            from list in Topic.NonEmptyListOf()
            select (version, packetId, properties, list),
            model =>
            {
                using var filters = new UnsubscribeFilterWriter(stackalloc byte[16]);
                foreach (var filter in model.list)
                {
                    filters.Add(filter);
                }

                var unsubscribe = new UnsubscribePacket
                {
                    PacketId = model.packetId,
                    Properties = PropertyBlock.FromTrusted(model.properties),
                    FilterBytes = filters.FilterBytes,
                };
                var bytes = new byte[unsubscribe.Measure(model.version)];
                Assert.Equal(model.list.Count, unsubscribe.FilterCount);
                RoundTripTests.CheckRead(PacketText.Of(unsubscribe), bytes, unsubscribe.Write(bytes, model.version), model.version);
            });

    [Fact, Spec("MQTT-3.9.3-1", "MQTT3-3.9.3-1")]
    public void SUBACK_is_read_as_it_was_written() =>
        ForAll.Check(
            from version in PacketGen.Version
            from packetId in PacketId
            from properties in PacketGen.Properties("SUBACK", version)
            from codes in SubackCode(version).NonEmptyListOf()
            select (version, packetId, properties, codes: codes.Select(code => (byte)code).ToArray()),
            model =>
            {
                var suback = new SubackPacket { PacketId = model.packetId, Properties = PropertyBlock.FromTrusted(model.properties), ReasonCodes = model.codes };
                var bytes = new byte[suback.Measure(model.version)];
                RoundTripTests.CheckRead(PacketText.Of(suback), bytes, suback.Write(bytes, model.version), model.version);
            });

    [Fact, Spec("MQTT-3.11.3-1")]
    public void UNSUBACK_is_read_as_it_was_written() =>
        ForAll.Check(
            from version in PacketGen.Version
            from packetId in PacketId
            from properties in PacketGen.Properties("UNSUBACK", version)
            from codes in Code<UnsubackReasonCode>().NonEmptyListOf()
            select (version, packetId, properties, codes: version == ProtocolVersion.Mqtt5 ? codes.Select(code => (byte)code).ToArray() : []),
            model =>
            {
                var unsuback = new UnsubackPacket { PacketId = model.packetId, Properties = PropertyBlock.FromTrusted(model.properties), ReasonCodes = model.codes };
                var bytes = new byte[unsuback.Measure(model.version)];
                RoundTripTests.CheckRead(PacketText.Of(unsuback), bytes, unsuback.Write(bytes, model.version), model.version);
            });

    private static Gen<SubackReasonCode> SubackCode(ProtocolVersion version)
    {
        SubackReasonCode[] granted = [SubackReasonCode.GrantedQoS0, SubackReasonCode.GrantedQoS1, SubackReasonCode.GrantedQoS2];
        return version switch
        {
            ProtocolVersion.Mqtt31 => Gen.Elements(granted),
            ProtocolVersion.Mqtt311 => Gen.Elements([.. granted, SubackReasonCode.UnspecifiedError]),
            _ => Code<SubackReasonCode>(),
        };
    }
}
