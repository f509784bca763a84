namespace Godwit.Protocol.Tests.Golden;

/// <summary>Reading gives what the golden table says: the packet, or the one reason for which it is refused.</summary>
public sealed class GoldenReadTests
{
    public static TheoryData<string> Framing => GoldenTable.KeysOf(GoldenFraming.Rows);

    public static TheoryData<string> Connect3 => GoldenTable.KeysOf(GoldenConnect3.Rows);

    public static TheoryData<string> Connect5 => GoldenTable.KeysOf(GoldenConnect5.Rows);

    public static TheoryData<string> ConnectErrors => GoldenTable.KeysOf([.. GoldenConnectErrors.Rows, .. GoldenConnectPropertyErrors.Rows]);

    public static TheoryData<string> Connack => GoldenTable.KeysOf(GoldenConnack.Rows);

    public static TheoryData<string> Publish => GoldenTable.KeysOf([.. GoldenPublish.Rows, .. GoldenPublishErrors.Rows]);

    public static TheoryData<string> Acks =>
        GoldenTable.KeysOf([.. GoldenPuback.Rows, .. GoldenPubrec.Rows, .. GoldenPubrel.Rows, .. GoldenPubcomp.Rows]);

    public static TheoryData<string> Subscribe => GoldenTable.KeysOf([.. GoldenSubscribe.Rows, .. GoldenSuback.Rows]);

    public static TheoryData<string> Unsubscribe => GoldenTable.KeysOf([.. GoldenUnsubscribe.Rows, .. GoldenUnsuback.Rows]);

    public static TheoryData<string> Rest => GoldenTable.KeysOf([.. GoldenPing.Rows, .. GoldenDisconnect.Rows, .. GoldenAuth.Rows]);

    [Theory, MemberData(nameof(Framing))]
    [Spec("R8", "R9", "MQTT-1.5.5-1", "MQTT-2.1.3-1", "MQTT-3.3.1-4", "MQTT-3.6.1-1", "MQTT-3.8.1-1", "MQTT-3.10.1-1", "MQTT-3.14.1-1", "MQTT-3.15.1-1")]
    [Spec("MQTT3-2.2.2-1", "MQTT3-2.2.2-2", "MQTT3-3.3.1-4", "MQTT3-3.6.1-1", "MQTT3-3.8.1-1", "MQTT3-3.10.1-1", "MQTT3-3.14.1-1")]
    public void Fixed_headers_are_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Connect3))]
    [Spec("R5", "R6", "R10", "R34", "R40", "MQTT3-3.1.2-9", "MQTT3-3.1.2-19", "MQTT3-3.1.2-21", "MQTT3-3.1.3-1", "MQTT3-3.1.3-3", "MQTT3-3.1.3-5")]
    public void CONNECT_of_3_1_and_3_1_1_is_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Connect5))]
    [Spec("R10", "MQTT-3.1.2-9", "MQTT-3.1.2-17", "MQTT-3.1.2-19", "MQTT-3.1.3-1", "MQTT-3.1.3-3", "MQTT-3.1.3-5")]
    public void CONNECT_of_5_0_is_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(ConnectErrors))]
    [Spec("R7", "R10", "R14", "MQTT-3.1.2-1", "MQTT-3.1.2-2", "MQTT-3.1.2-3", "MQTT-3.1.2-11", "MQTT-3.1.2-12", "MQTT-3.1.2-13", "MQTT-3.1.2-16", "MQTT-3.1.2-18")]
    [Spec("MQTT-3.1.3-4", "MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT-3.1.4-1", "MQTT-2.2.2-1")]
    [Spec("MQTT3-3.1.2-1", "MQTT3-3.1.2-2", "MQTT3-3.1.2-3", "MQTT3-3.1.2-11", "MQTT3-3.1.2-13", "MQTT3-3.1.2-14", "MQTT3-3.1.2-15", "MQTT3-3.1.2-18")]
    [Spec("MQTT3-3.1.2-20", "MQTT3-3.1.2-22", "MQTT3-3.1.3-4", "MQTT3-3.1.3-10", "MQTT3-3.1.3-11", "MQTT3-3.1.4-1")]
    public void Bad_CONNECT_is_refused_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Connack)), Spec("R11", "MQTT-3.2.2-1", "MQTT-3.2.2-8")]
    public void CONNACK_is_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Publish))]
    [Spec("R15", "R26", "MQTT-2.2.1-2", "MQTT-3.3.1-2", "MQTT-3.3.2-1", "MQTT-3.3.2-2", "MQTT-3.3.2-8", "MQTT-3.3.2-13", "MQTT-3.3.2-14", "MQTT-3.3.2-19", "MQTT-4.7.3-1")]
    [Spec("MQTT3-2.3.1-1", "MQTT3-2.3.1-5", "MQTT3-3.3.1-2", "MQTT3-3.3.2-1", "MQTT3-3.3.2-2", "MQTT3-4.7.3-1")]
    public void PUBLISH_is_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Acks)), Spec("R17", "R19", "MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1")]
    public void PUBACK_PUBREC_PUBREL_and_PUBCOMP_are_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Subscribe))]
    [Spec("R27", "MQTT-2.2.1-3", "MQTT-3.8.3-1", "MQTT-3.8.3-2", "MQTT-3.8.3-4", "MQTT-3.8.3-5", "MQTT-3.9.3-2", "MQTT-4.7.3-1")]
    [Spec("MQTT3-2.3.1-1", "MQTT3-3.8.3-1", "MQTT3-3.8.3-3", "MQTT3-3-8.3-4", "MQTT3-3.9.3-2", "MQTT3-4.7.3-1")]
    public void SUBSCRIBE_and_SUBACK_are_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Unsubscribe))]
    [Spec("R29", "MQTT-2.2.1-3", "MQTT-3.10.3-1", "MQTT-3.10.3-2", "MQTT-3.11.3-2", "MQTT3-2.3.1-1", "MQTT3-3.10.3-1", "MQTT3-3.10.3-2")]
    public void UNSUBSCRIBE_and_UNSUBACK_are_read_as_the_table_says(string key) => Check(key);

    [Theory, MemberData(nameof(Rest)), Spec("R38", "MQTT-3.14.2-1", "MQTT-3.14.2-2", "MQTT-3.15.2-1", "MQTT-4.12.0-5")]
    public void PING_DISCONNECT_and_AUTH_are_read_as_the_table_says(string key) => Check(key);

    private static void Check(string key)
    {
        var (row, version) = GoldenTable.Rows[key];

        var decoded = row.Decode(row.Bytes, version);

        Assert.Equal(row.Error, decoded.Error);
        Assert.Equal(row.Packet, decoded.Text);
        if (row.Packet is not null)
        {
            Assert.Equal(FrameStatus.Complete, decoded.Status);
            Assert.Equal(row.Bytes.Length, decoded.PacketSize);
        }
    }
}
