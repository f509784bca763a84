using static Godwit.Protocol.Tests.Golden.GoldenRow;

namespace Godwit.Protocol.Tests.Golden;

/// <summary>UNSUBACK, the answer to UNSUBSCRIBE (5.0 §3.11, 3.1.1 §3.11).</summary>
internal static class GoldenUnsuback
{
    public static GoldenRow[] Rows { get; } =
    [
        Reads("UNSUBACK without codes", Versions.Mqtt3, "B0 02 0001", "UNSUBACK id=1"),
        Reads("UNSUBACK with the largest Packet Identifier", Versions.Mqtt3, "B0 02 FFFF", "UNSUBACK id=65535"),
        Reads("UNSUBACK with reason code 0x00", Versions.Mqtt5, "B0 04 | 0001 00 00", "UNSUBACK id=1 Success"),
        Reads("UNSUBACK with reason code 0x11", Versions.Mqtt5, "B0 04 | 0001 00 11", "UNSUBACK id=1 NoSubscriptionExisted"),
        Reads("UNSUBACK with reason code 0x80", Versions.Mqtt5, "B0 04 | 0001 00 80", "UNSUBACK id=1 UnspecifiedError"),
        Reads("UNSUBACK with reason code 0x83", Versions.Mqtt5,
            "B0 04 | 0001 00 83", "UNSUBACK id=1 ImplementationSpecificError"),
        Reads("UNSUBACK with reason code 0x87", Versions.Mqtt5, "B0 04 | 0001 00 87", "UNSUBACK id=1 NotAuthorized"),
        Reads("UNSUBACK with reason code 0x8F", Versions.Mqtt5, "B0 04 | 0001 00 8F", "UNSUBACK id=1 TopicFilterInvalid"),
        Reads("UNSUBACK with reason code 0x91", Versions.Mqtt5, "B0 04 | 0001 00 91", "UNSUBACK id=1 PacketIdentifierInUse"),
        Reads("UNSUBACK with three codes", Versions.Mqtt5,
            "B0 06 | 000A 00 00 11 87", "UNSUBACK id=10 Success NoSubscriptionExisted NotAuthorized"),
        Reads("UNSUBACK with a Reason String", Versions.Mqtt5,
            "B0 09 | 0001 05 1F 0002 'no' 87", "UNSUBACK id=1 {ReasonString='no'} NotAuthorized"),
        Reads("UNSUBACK with a User Property", Versions.Mqtt5,
            "B0 0B | 0001 07 26 0001 'k' 0001 'v' 00", "UNSUBACK id=1 {UserProperty='k'='v'} Success"),

        Refuses("UNSUBACK without a body", Versions.All, "B0 00", PacketError.FieldTruncated),
        Refuses("UNSUBACK that ends inside the Packet Identifier", Versions.All, "B0 01 00", PacketError.FieldTruncated),
        Refuses("UNSUBACK with Packet Identifier 0", Versions.Mqtt3, "B0 02 0000", PacketError.PacketIdZero),
        Refuses("UNSUBACK with Packet Identifier 0", Versions.Mqtt5, "B0 04 0000 00 00", PacketError.PacketIdZero),
        Refuses("UNSUBACK with a code before 5.0", Versions.Mqtt3, "B0 03 0001 00", PacketError.TrailingBytes),
        Refuses("UNSUBACK without Property Length", Versions.Mqtt5, "B0 02 0001", PacketError.FieldTruncated),
        Refuses("UNSUBACK without codes", Versions.Mqtt5, "B0 03 0001 00", PacketError.FieldTruncated),
        Refuses("UNSUBACK with reason code 0x01, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 01", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0x02, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 02", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0x10, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 10", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0x7F, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 7F", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0x81, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 81", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0x90, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 90", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0x97, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 97", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with reason code 0xFF, which it does not have", Versions.Mqtt5,
            "B0 04 | 0001 00 FF", PacketError.ReasonCodeInvalid),
        Refuses("UNSUBACK with a Reason String twice", Versions.Mqtt5,
            "B0 0C | 0001 08 1F 0001 'a' 1F 0001 'a' 00", PacketError.PropertyTwice),
        Refuses("UNSUBACK with a Server Reference", Versions.Mqtt5,
            "B0 08 | 0001 04 1C 0001 'a' 00", PacketError.PropertyNotAllowed),
    ];
}
