using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Options;

/// <summary>
/// The same option lines given to <c>mosquitto_sub</c> and to <c>godwit sub</c>: the same output and exit code. The messages are
/// retained ones, so the moment of the subscription does not matter.
/// </summary>
public abstract class SubscriberOptionLines
{
    private static readonly MosquittoTools Publisher = new();

    /// <summary>A broker that lets everybody in.</summary>
    protected abstract Task<BrokerAddress> BrokerAsync();

    [Theory, Spec("R46", "R47")]
    [InlineData("-t {topic}/1 -C 1")]
    [InlineData("-t {topic}/1 -C 1 -q 1")]
    [InlineData("-t {topic}/1 -C 1 -q 2")]
    [InlineData("-t {topic}/2 -C 1 -V mqttv31")]
    [InlineData("-t {topic}/2 -C 1 -V mqttv311")]
    [InlineData("-t {topic}/2 -C 1 -V mqttv5")]
    [InlineData("-v -t {topic}/1 -C 1")]
    [InlineData("-v -t {topic}/1 -t {topic}/2 -C 2")]
    [InlineData("-t {topic}/w/+ -v -C 1")]
    [InlineData("-t {topic}/w/# -v -C 1")]
    [InlineData("-t {topic}/bytes -C 1")]
    [InlineData("-t {topic}/large -C 1 -q 1")]
    [InlineData("-t {topic}/1 -C 1 -i {id} -k 10 -u anna -P secret")]
    [InlineData("-t {topic}/1 -C 1 -q 1 -c -i {id}")]
    [InlineData("-t {topic}/1 -C 1 --will-topic {topic}/will --will-payload gone --will-qos 2 --will-retain")]
    [InlineData("--topic {topic}/1 --qos 1 --id {id} --keepalive 30 --verbose -C 1")]
    [InlineData("-t $SYS/broker/version -C 1")]
    public Task Output_of_option_lines(string line) => CompareAsync(line);

    [Theory, Spec("R46")]
    [InlineData("-t {topic}/none -W 1")]
    [InlineData("-t {topic}/1 -C 2 -W 3 -v")]
    public Task Option_lines_that_run_out_of_time(string line) => CompareAsync(line);

    [Theory, Spec("R46")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv31 -q 1")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv311 -q 0")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv311 -q 1")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv311 -q 2")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv5 -q 0")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv5 -q 1")]
    [InlineData("-t {topic}/1 -C 1 -d -i {id} -V mqttv5 -q 2")]
    [InlineData("-t {topic}/1 -t {topic}/2 -C 2 -d -v -i {id} -V mqttv311")]
    public Task Debug_option_lines(string line) => CompareAsync(line);

    [Theory, Spec("R24", "R25", "R46")]
    [InlineData("")]
    [InlineData("-t")]
    [InlineData("-t {topic}/#/b")]
    [InlineData("-t a+")]
    [InlineData("-t {topic} -q 3")]
    [InlineData("-t {topic} -V 9")]
    [InlineData("-t {topic} -k 70000")]
    [InlineData("-t {topic} -C 0")]
    [InlineData("-t {topic} -W 0")]
    [InlineData("-t {topic} -p 99999")]
    [InlineData("-t {topic} -p {closed}")]
    [InlineData("-t {topic} -c")]
    [InlineData("-t {topic} --will-payload gone")]
    [InlineData("-t {topic} --nonsense")]
    public Task Option_lines_that_fail(string line) => CompareAsync(line);

    [Theory, InlineData("mqttv31"), InlineData("mqttv311"), InlineData("mqttv5"), Spec("R30", "R46")]
    public async Task Option_c_keeps_the_session(string version)
    {
        var broker = await BrokerAsync();
        var topic = Unique.Name("sub");
        string[] line = ["-h", broker.Host, "-p", broker.PortText, "-V", version, "-v", "-q", "1", "-t", $"{topic}/+", "-c", "-i"];
        string[] theirLine = [.. line, Unique.Name("theirs")];
        string[] ourLine = [.. line, Unique.Name("ours")];

        // A retained message ends the first run of each, with its session made; sent and cleared at QoS 0 it does not wait.
        await PublishAsync("there", 0, retain: true);
        Assert.Equal($"{topic}/retained there\n", (await ToolPair.Subscribers.TheirsAsync([.. theirLine, "-C", "1"])).Output);
        Assert.Equal($"{topic}/retained there\n", (await ToolPair.Subscribers.OursAsync([.. ourLine, "-C", "1"])).Output);
        await PublishAsync("", 0, retain: true);
        await PublishAsync("first", 1, retain: false);
        await PublishAsync("second", 1, retain: false);

        var theirs = await ToolPair.Subscribers.TheirsAsync([.. theirLine, "-C", "2"]);
        var ours = await ToolPair.Subscribers.OursAsync([.. ourLine, "-C", "2"]);
        Assert.Equal($"{topic}/kept first\n{topic}/kept second\n", theirs.Output);
        ToolPair.AssertSame(theirs, ours, isDebug: false);

        Task PublishAsync(string text, int qos, bool retain) => Publisher.PublishAsync(
            broker, PublishRequest.Of(MqttVersion.Mqtt311, $"{topic}/{(retain ? "retained" : "kept")}", text, qos, retain));
    }

    private async Task CompareAsync(string line)
    {
        Publisher.SkipIfMissing();
        var broker = await BrokerAsync();
        var topic = Unique.Name("sub");
        var filled = line
            .Replace("{topic}", topic, StringComparison.Ordinal)
            .Replace("{id}", Unique.Name("sub"), StringComparison.Ordinal)
            .Replace("{closed}", FreePort.Next().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await RetainAsync(broker, topic, filled);
        string[] arguments = ["-h", broker.Host, "-p", broker.PortText, .. CommandLine.Split(filled)];

        var theirs = await ToolPair.Subscribers.TheirsAsync(arguments);
        var ours = await ToolPair.Subscribers.OursAsync(arguments);

        ToolPair.AssertSame(theirs, ours, arguments.Contains("-d"));
    }

    /// <summary>Publishes the retained messages that a line names.</summary>
    private static async Task RetainAsync(BrokerAddress broker, string topic, string line)
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var (name, part, payload) in new[]
        {
            ("1", "/1 ", "hello"u8.ToArray()),
            ("2", "/2 ", "zwei Wörter"u8.ToArray()),
            ("w/x", "/w/", "below w"u8.ToArray()),
            ("bytes", "/bytes", bytes),
            ("large", "/large", [.. Enumerable.Repeat((byte)'x', 150_000)]),
        })
        {
            if (line.Contains(topic + part, StringComparison.Ordinal))
            {
                var request = PublishRequest.Of(MqttVersion.Mqtt311, $"{topic}/{name}", "", qos: 2, retain: true);
                await Publisher.PublishAsync(broker, request with { Payload = payload });
            }
        }
    }
}
