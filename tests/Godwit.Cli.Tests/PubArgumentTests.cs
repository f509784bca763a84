using System.Text;
using Godwit.Cli.Tests.Support;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Cli.Tests;

/// <summary>What arrives at a server for what is typed.</summary>
public sealed class PubArgumentTests
{
    [Theory, Spec("R46")]
    [InlineData("-5")]
    [InlineData("--foo")]
    [InlineData("-t")]
    [InlineData("-m")]
    [InlineData("")]
    [InlineData("@text")]
    [InlineData("--")]
    [InlineData("-")]
    [InlineData("-q1")]
    [InlineData("--qos=1")]
    [InlineData("-m=hello")]
    [InlineData("-t:x")]
    [InlineData("--help")]
    [InlineData("-?")]
    [InlineData("pub")]
    [InlineData("a b")]
    [InlineData("=")]
    [InlineData("a=b")]
    [InlineData("\"quoted\"")]
    [InlineData("[diagram]")]
    [InlineData("ünïcödé \U0001F98A")]
    public async Task The_word_after_m_is_the_message_whatever_it_looks_like(string message)
    {
        using var broker = TinyBroker.Start();

        Assert.Equal(0, await RunAsync(broker, "-m", message, "-t", "a"));

        Assert.Equal([$"a {message} q0 r0"], Describe(broker.Of(PacketType.Publish)));
    }

    [Theory, Spec("R46", "R47")]
    [InlineData("a hello q1 r0", "-t", "a", "-m", "hello", "-q", "1")]
    [InlineData("a hello q1 r0", "-ta", "-mhello", "-q1")]
    [InlineData("a hello q2 r1", "--topic", "a", "--message", "hello", "--qos", "2", "--retain")]
    [InlineData("a hello q2 r1", "--topic=a", "--message=hello", "--qos=2", "-r")]
    [InlineData("a hello q0 r0", "-t", "a", "-m=hello")]
    [InlineData("a  q1 r1", "-t", "a", "-n", "-r", "-q", "1")]
    [InlineData("a  q0 r1", "-rnt", "a")]
    [InlineData("a  q0 r0", "-t", "a", "--null-message")]
    [InlineData("a x q1 r0", "-t", "a", "-m", "x", "-q", "0", "-q", "1")]
    [InlineData("$SYS/x x q0 r0", "-t", "$SYS/x", "-m", "x")]
    [InlineData("-t x q0 r0", "-t", "-t", "-m", "x")]
    [InlineData("a x q1 r0, b x q1 r0", "-t", "a", "-t", "b", "-m", "x", "-q", "1")]
    public async Task Flags_are_understood_as_mosquitto_pub_does(string expected, params string[] args)
    {
        using var broker = TinyBroker.Start();

        Assert.Equal(0, await RunAsync(broker, args));

        Assert.Equal(expected, string.Join(", ", Describe(broker.Of(PacketType.Publish))));
        Assert.Equal(PacketType.Disconnect, broker.Packets[^1].Type);
    }

    [Theory]
    [InlineData("v5 id= clean1 k60 user=- pw=- expiry0 will=-")]
    [InlineData("v5 id= clean1 k60 user=- pw=- expiry0 will=-", "-V", "5")]
    [InlineData("v4 id= clean1 k60 user=- pw=- expiry0 will=-", "-V", "mqttv311")]
    [InlineData("v4 id= clean1 k60 user=- pw=- expiry0 will=-", "-V311")]
    [InlineData("v5 id=me clean0 k60 user=- pw=- expiry4294967295 will=-", "-c", "-i", "me")]
    [InlineData("v4 id=me clean0 k60 user=- pw=- expiry0 will=-", "--disable-clean-session", "--id", "me", "-V", "311")]
    [InlineData("v5 id= clean1 k5 user=- pw=- expiry0 will=-", "-k", "5")]
    [InlineData("v5 id= clean1 k60 user=u pw=p expiry0 will=-", "-u", "u", "-P", "p")]
    [InlineData("v5 id= clean1 k60 user=u pw=- expiry0 will=-", "--username", "u")]
    [InlineData("v5 id= clean1 k60 user=- pw=p expiry0 will=-", "--pw", "p")]
    [InlineData("v5 id= clean1 k60 user= pw= expiry0 will=-", "-u", "", "-P", "")]
    [InlineData("v5 id= clean1 k60 user=- pw=- expiry0 will=w  q0 r0", "--will-topic", "w")]
    [InlineData("v5 id= clean1 k60 user=- pw=- expiry0 will=w gone q2 r1", "--will-topic", "w", "--will-payload", "gone", "--will-qos", "2", "--will-retain")]
    public async Task The_flags_of_the_connection_are_understood(string expected, params string[] args)
    {
        using var broker = TinyBroker.Start();

        Assert.Equal(0, await RunAsync(broker, ["-t", "a", "-m", "x", .. args]));

        Assert.Equal(expected, DescribeConnect(broker.Of(PacketType.Connect)[0]));
    }

    [Fact]
    public async Task In_3_1_a_client_id_is_made_up()
    {
        using var broker = TinyBroker.Start();

        Assert.Equal(0, await RunAsync(broker, "-t", "a", "-m", "x", "-V", "31"));

        Assert.Contains("v3 id=godwit-", DescribeConnect(broker.Of(PacketType.Connect)[0]));
    }

    [Fact]
    public async Task The_contents_of_a_file_are_published_byte_for_byte()
    {
        using var broker = TinyBroker.Start();
        var path = Path.GetTempFileName();
        var bytes = Enumerable.Range(0, 300_000).Select(i => (byte)i).ToArray();
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Equal(0, await RunAsync(broker, "-t", "a", "-f", path));

        Assert.Equal(bytes, broker.Of(PacketType.Publish)[0].Publish().Payload.ToArray());
        File.Delete(path);
    }

    private static Task<int> RunAsync(TinyBroker broker, params string[] args) =>
        Task.Run(() => GodwitCommandLine.Run(["pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", .. args])).WaitAsync(TimeSpan.FromSeconds(20));

    private static List<string> Describe(IEnumerable<ServerPacket> packets) => [.. packets.Select(packet =>
    {
        var publish = packet.Publish();
        return $"{Encoding.UTF8.GetString(publish.Topic)} {Encoding.UTF8.GetString(publish.Payload)} q{(int)publish.QoS} r{(publish.Retain ? 1 : 0)}";
    })];

    private static string DescribeConnect(ServerPacket packet)
    {
        var connect = packet.Connect();
        var user = connect.HasUserName ? Encoding.UTF8.GetString(connect.UserName) : "-";
        var password = connect.HasPassword ? Encoding.UTF8.GetString(connect.Password) : "-";
        var expiry = connect.Properties.NumberOr(PropertyId.SessionExpiryInterval, 0);
        return $"v{(int)connect.Version} id={Encoding.UTF8.GetString(connect.ClientId)} clean{(connect.CleanStart ? 1 : 0)} k{connect.KeepAliveSeconds} "
            + $"user={user} pw={password} expiry{expiry} will={DescribeWill(connect)}";
    }

    private static string DescribeWill(ConnectPacket connect) => connect.HasWill
        ? $"{Encoding.UTF8.GetString(connect.WillTopic)} {Encoding.UTF8.GetString(connect.WillPayload)} q{(int)connect.WillQoS} r{(connect.WillRetain ? 1 : 0)}"
        : "-";
}
