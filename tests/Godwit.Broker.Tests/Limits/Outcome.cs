using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Limits;

/// <summary>What a client learns of a refusal, in one line.</summary>
internal static class Outcome
{
    /// <summary>The first packet with an error code, e.g. <c>SUBACK 8F</c>; <c>closed</c> without one; else <c>fits</c>.</summary>
    public static string Of(TestClient client)
    {
        var packets = client.ReceivesAll();
        foreach (var packet in packets)
        {
            var code = packet.Type == PacketType.Suback ? packet.Codes.Max() : packet.ReasonCode;
            var isError = packet.Type == PacketType.Connack && client.Version != ProtocolVersion.Mqtt5 ? code > 0 : code >= 0x80;
            if (isError)
            {
                return $"{packet.Type.ToString().ToUpperInvariant()} {code:X2}";
            }
        }

        return client.IsClosed ? "closed" : LimitProbe.Fits;
    }

    /// <summary>The client's line, or the only reason for which something was dropped.</summary>
    public static string Of(BrokerHarness broker, TestClient client)
    {
        var told = Of(client);
        var reasons = Enum.GetValues<DropReason>().Where(reason => broker.Dropped(reason) > 0).ToList();
        return told == LimitProbe.Fits && reasons.Count > 0 ? string.Join(" ", reasons) : told;
    }
}
