using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Options;

/// <summary>The same option lines given to <c>mosquitto_pub</c> and to <c>godwit pub</c>: the same messages, output and exit code.</summary>
public abstract class PublisherOptionLines
{
    private static readonly MosquittoTools Watchers = new();

    /// <summary>A broker that lets everybody in.</summary>
    protected abstract Task<BrokerAddress> BrokerAsync();

    [Theory, Spec("R46")]
    [InlineData("-t {topic} -m hello")]
    [InlineData("-t {topic} -m hello -q 1")]
    [InlineData("-t {topic} -m hello -q 2")]
    [InlineData("-t {topic} -m hello -q 1 -r")]
    [InlineData("-t {topic} -m 'two words' -V mqttv31")]
    [InlineData("-t {topic} -m 'two words' -V mqttv311 -q 2")]
    [InlineData("-t {topic} -m 'two words' -V mqttv5 -q 1")]
    [InlineData("-t {topic} -m 'two words' -V 5")]
    [InlineData("-t {topic} -m 'two words' -V 311")]
    [InlineData("-t {topic}/größe -m '12 €'")]
    [InlineData("-t {topic} -m ''")]
    [InlineData("-t {topic} -n")]
    [InlineData("-t {topic} -n -r -q 1")]
    [InlineData("-t {topic} -m -5")]
    [InlineData("-t {topic} -m --foo")]
    [InlineData("-t {topic} -m @text")]
    [InlineData("-t {topic} -m -t")]
    [InlineData("-t {topic} -f {file}")]
    [InlineData("-t {topic} -f {file} -q 2 -r")]
    [InlineData("-t {topic} -f {empty}")]
    [InlineData("-t {topic} -m hello -u anna -P secret -i {id} -k 10")]
    [InlineData("-t {topic} -m hello -q 1 -c -i {id}")]
    [InlineData("-t {topic} -m hello --will-topic {topic}/will --will-payload gone --will-qos 1 --will-retain")]
    [InlineData("--topic {topic} --message hello --qos 1 --retain --id {id} --keepalive 30 --username anna --pw secret")]
    public Task Message_option_lines(string line) => CompareAsync(line, "");

    [Theory, Spec("R46")]
    [InlineData("-t {topic} -l", "one\ntwo words\n\nlast without an end")]
    [InlineData("-t {topic} -l -q 1", "one\ntwo\n")]
    [InlineData("-t {topic} -l -q 2 -r", "one\ntwo\n")]
    [InlineData("-t {topic} -l", "with a carriage return\r\nnext\r\n")]
    [InlineData("-t {topic} -l -q 1", "")]
    [InlineData("-t {topic} -s", "line one\nline two\n")]
    [InlineData("-t {topic} -s -q 1", "no end of line")]
    [InlineData("-t {topic} -s", "")]
    public Task Option_lines_that_read_standard_input(string line, string input) => CompareAsync(line, input);

    [Theory, Spec("R46")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv31 -q 1")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv311 -q 0")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv311 -q 1 -r")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv311 -q 2")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv5 -q 0")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv5 -q 1")]
    [InlineData("-t {topic} -m hello -d -i {id} -V mqttv5 -q 2")]
    public Task Debug_option_lines(string line) => CompareAsync(line, "");

    [Theory, Spec("R26", "R46")]
    [InlineData("-m hello")]
    [InlineData("-t {topic}")]
    [InlineData("-t")]
    [InlineData("-t {topic}/+ -m hello")]
    [InlineData("-t {topic}/# -m hello")]
    [InlineData("-t {topic} -m hello -q 3")]
    [InlineData("-t {topic} -m hello -V 9")]
    [InlineData("-t {topic} -m hello -k 70000")]
    [InlineData("-t {topic} -m hello -n")]
    [InlineData("-t {topic} -f {missing}")]
    [InlineData("-t {topic} -m hello -p 99999")]
    [InlineData("-t {topic} -m hello -p {closed}")]
    [InlineData("-t {topic} -m hello -h no.such.host.invalid")]
    [InlineData("-t {topic} -m hello -c")]
    [InlineData("-t {topic} -m hello --will-payload gone")]
    [InlineData("-t {topic} -m hello --will-topic {topic}/#")]
    [InlineData("-t {topic} -m hello --nonsense")]
    [InlineData("-t {topic} -m hello stray")]
    public Task Option_lines_that_fail(string line) => CompareAsync(line, "");

    private async Task CompareAsync(string line, string input)
    {
        Watchers.SkipIfMissing();
        var broker = await BrokerAsync();
        using var directory = new TemporaryDirectory();
        var name = Unique.Name("pub");
        var (theirTopic, ourTopic) = ($"{name}/theirs", $"{name}/ours");
        var filled = Fill(line, directory);
        await using var theirWatcher = await WatchAsync(broker, theirTopic);
        await using var ourWatcher = await WatchAsync(broker, ourTopic);

        var theirs = await ToolPair.Publishers.TheirsAsync(Arguments(filled, theirTopic, broker), input);
        var ours = await ToolPair.Publishers.OursAsync(Arguments(filled, ourTopic, broker), input);

        var theirMessages = await MessagesAsync(broker, theirWatcher, theirTopic, atLeast: 0);
        var ourMessages = await MessagesAsync(broker, ourWatcher, ourTopic, theirMessages.Count);
        Assert.Equal(theirMessages, ourMessages);
        ours = ours with { Output = ours.Output.Replace(ourTopic, theirTopic, StringComparison.Ordinal) };
        ours = ours with { Errors = ours.Errors.Replace(ourTopic, theirTopic, StringComparison.Ordinal) };
        ToolPair.AssertSame(theirs, ours, line.Contains(" -d ", StringComparison.Ordinal));
    }

    private static Task<IReceiver> WatchAsync(BrokerAddress broker, string topic) => Watchers.SubscribeAsync(
        broker, new SubscribeRequest { Version = MqttVersion.Mqtt5, Filters = [$"{topic}/#"], QoS = 2, ClientId = Unique.Name("watcher") });

    /// <summary>Everything but the topic, which is the tool's own.</summary>
    private static string Fill(string line, TemporaryDirectory directory)
    {
        byte[] content = [.. Enumerable.Range(0, 100_000).Select(index => (byte)(index * 11))];

        return line
            .Replace("{id}", Unique.Name("pub"), StringComparison.Ordinal)
            .Replace("{file}", directory.Write("file", content), StringComparison.Ordinal)
            .Replace("{empty}", directory.Write("empty", ""), StringComparison.Ordinal)
            .Replace("{missing}", Path.Combine(directory.Path, "missing"), StringComparison.Ordinal)
            .Replace("{closed}", FreePort.Next().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    /// <summary>Options of the row come last, where they win.</summary>
    private static List<string> Arguments(string line, string topic, BrokerAddress broker) =>
        ["-h", broker.Host, "-p", broker.PortText, .. CommandLine.Split(line.Replace("{topic}", topic, StringComparison.Ordinal))];

    /// <summary>Everything that was published until now, as one line of text for each message.</summary>
    /// <param name="broker">Gets a message that ends the list.</param>
    /// <param name="watcher">Sees all messages of the topic.</param>
    /// <param name="topic">The topic of the tool.</param>
    /// <param name="atLeast">So many are awaited: a QoS 0 message may come after one that another client sent later.</param>
    private static async Task<IReadOnlyList<string>> MessagesAsync(BrokerAddress broker, IReceiver watcher, string topic, int atLeast)
    {
        var end = $"{topic}/end";
        await Watchers.PublishAsync(broker, PublishRequest.Of(MqttVersion.Mqtt5, end, "", qos: 2));

        List<string> messages = [];
        for (var hasEnded = false; !hasEnded || messages.Count < atLeast;)
        {
            var message = await watcher.NextAsync();
            if (string.Equals(message.Topic, end, StringComparison.Ordinal))
            {
                hasEnded = true;
                continue;
            }

            messages.Add($"{message.Topic[topic.Length..]} q{message.QoS} r{message.Retain} {Convert.ToHexString(message.Payload)}");
        }

        return messages;
    }
}
