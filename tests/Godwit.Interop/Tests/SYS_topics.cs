using System.Globalization;
using System.Text.RegularExpressions;
using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What the broker tells of itself below <c>$SYS</c>, as mosquitto_sub shows it.</summary>
public sealed partial class SYS_topics(BrokerUnderTest broker, MosquittoTools client) : Scenario<MosquittoTools>(broker, client)
{
    /// <summary>Twice the usual interval of ten seconds between two values.</summary>
    private static readonly TimeSpan TwoIntervals = TimeSpan.FromSeconds(25);

    /// <summary>The names of Mosquitto 2.0 below <c>$SYS/broker/</c> that dashboards use.</summary>
    private static readonly string[] MosquittoNames =
    [
        "version", "uptime",
        "clients/total", "clients/maximum", "clients/connected", "clients/disconnected", "clients/active", "clients/inactive",
        "messages/received", "messages/sent", "messages/stored", "store/messages/count", "store/messages/bytes",
        "subscriptions/count", "shared_subscriptions/count", "retained messages/count",
        "bytes/received", "bytes/sent", "publish/bytes/received", "publish/bytes/sent",
        "publish/messages/received", "publish/messages/sent", "publish/messages/dropped",
        "load/messages/received/1min", "load/messages/sent/5min", "load/publish/received/15min", "load/publish/sent/1min",
        "load/publish/dropped/1min", "load/bytes/received/1min", "load/bytes/sent/1min", "load/sockets/1min", "load/connections/1min",
    ];

    /// <summary>The old EMQX names below <c>$SYS/broker/metrics/</c> that were asked for.</summary>
    private static readonly string[] MetricNames =
    [
        "bytes/received", "bytes/sent", "packets/received", "packets/sent", "packets/connect", "packets/connack",
        "packets/publish/received", "packets/publish/sent", "packets/puback/received", "packets/puback/sent",
        "packets/pubrec/received", "packets/pubrel/received", "packets/pubcomp/sent", "packets/subscribe", "packets/suback",
        "packets/unsubscribe", "packets/unsuback", "packets/pingreq", "packets/pingresp", "packets/disconnect",
        "messages/received", "messages/sent", "messages/dropped", "messages/retained",
        "messages/qos0/received", "messages/qos0/sent", "messages/qos1/received", "messages/qos1/sent",
        "messages/qos2/received", "messages/qos2/sent",
    ];

    [Fact, Spec("R48")]
    public async Task Version_names_the_broker()
    {
        await using var run = Watch("$SYS/broker/version", "-C", "1");
        Assert.Equal(0, await run.EndAsync());

        var name = BrokerUnderTest.IsMosquitto ? "mosquitto" : "godwit";
        Assert.Matches($"^{name} version [0-9]+[.][0-9]+[.][0-9]+", Assert.Single(run.Output.Lines).ToLowerInvariant());
    }

    [Fact, Spec("R48")]
    public async Task Uptime_counts_seconds()
    {
        await using var run = Watch("$SYS/broker/uptime", "-C", "2");
        await run.EndAsync(TwoIntervals);

        var values = run.Output.Lines.Select(line => int.Parse(Uptime().Match(line).Groups["seconds"].Value, CultureInfo.InvariantCulture));
        Assert.True(values.First() < values.Last(), run.Transcript());
    }

    [Theory, Spec("R48")]
    [InlineData("$SYS/broker/messages/received")]
    [InlineData("$SYS/broker/bytes/sent")]
    [InlineData("$SYS/broker/metrics/packets/received")]
    [InlineData("$SYS/broker/metrics/bytes/sent")]
    public async Task Counters_grow(string topic)
    {
        SkipMetricsOfMosquitto(topic);
        await using var run = Watch(topic, "-C", "2");

        await run.EndAsync(TwoIntervals);

        var values = run.Output.Lines.Select(line => long.Parse(line, CultureInfo.InvariantCulture));
        Assert.True(values.First() < values.Last(), run.Transcript());
    }

    [Fact, Spec("R48")]
    public Task Names_of_Mosquitto_are_there() => SeesAllAsync("$SYS/#", MosquittoNames.Select(name => $"$SYS/broker/{name}"));

    [Fact, Spec("R48")]
    public Task Names_below_metrics_are_there()
    {
        SkipMetricsOfMosquitto("$SYS/broker/metrics/#");

        return SeesAllAsync("$SYS/broker/metrics/#", MetricNames.Select(name => $"$SYS/broker/metrics/{name}"));
    }

    /// <summary>sapcc/mosquitto-exporter makes a metric of every topic, and ends at a name that is invalid or there twice.</summary>
    [Fact, Spec("R48")]
    public async Task Every_topic_makes_a_metric_of_its_own_with_a_number()
    {
        await using var run = Watch("$SYS/#", "-v", "-W", "2");
        await run.EndAsync();

        Assert.NotEmpty(run.Output.Lines);
        Assert.All(run.Output.Lines, line => Assert.Matches(Topic(), line));
        var names = run.Output.Lines.Select(line => Topic().Match(line).Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.Equal(names.Count, names.Select(name => NotInAMetric().Replace(name, "_")).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory, InlineData("#"), InlineData("+/broker/version"), Spec("R25", "MQTT-4.7.2-1")]
    public async Task Wildcard_at_the_start_does_not_match(string filter)
    {
        // A broker without other clients: what all tests together publish could be more than one subscriber takes.
        await using var quiet = new BrokerUnderTest();
        await quiet.InitializeAsync();
        await using var explicitly = await Other.SubscribeAsync(quiet.Address, Request(MqttVersion.Mqtt5, "$SYS/broker/version"));
        Assert.Equal("$SYS/broker/version", (await explicitly.NextAsync()).Topic);

        await using var receiver = await Other.SubscribeAsync(quiet.Address, Request(MqttVersion.Mqtt5, filter));
        await Other.PublishAsync(quiet.Address, PublishRequest.Of(MqttVersion.Mqtt5, "marker/broker/version", "end", 1));

        Assert.Equal("marker/broker/version", (await receiver.NextAsync()).Topic);
    }

    [Fact, Spec("R48")]
    public async Task Clients_cannot_publish_there()
    {
        await using var receiver = await WatchAsync("$SYS/broker/version", "marker/sys");
        Assert.Contains(" version ", (await receiver.NextAsync()).Text, StringComparison.Ordinal);

        string[] line = ["-h", Broker.Host, "-p", Broker.PortText, "-t", "$SYS/broker/version", "-m", "forged", "-r", "-q", "1"];
        await using var publisher = ProgramRun.Start(Programs.Require("mosquitto_pub", "mosquitto-clients"), line);
        await publisher.EndAsync();

        await OtherPublishesAsync(MqttVersion.Mqtt5, "marker/sys", "end", 1);
        Assert.Equal("end", (await receiver.NextAsync()).Text);
    }

    private static void SkipMetricsOfMosquitto(string topic) =>
        Assert.SkipWhen(BrokerUnderTest.IsMosquitto && topic.StartsWith("$SYS/broker/metrics/", StringComparison.Ordinal), "mosquitto has no such topics");

    private ProgramRun Watch(string filter, params string[] line)
    {
        string[] options = ["-oL", Programs.Require("mosquitto_sub", "mosquitto-clients"), "-h", Broker.Host, "-p", Broker.PortText, "-t", filter];

        return ProgramRun.Start(Programs.Require("stdbuf", "coreutils"), [.. options, .. line]);
    }

    private async Task SeesAllAsync(string filter, IEnumerable<string> expected)
    {
        await using var run = Watch(filter, "-v");
        foreach (var topic in expected)
        {
            await run.LineAsync(line => line.StartsWith(topic + " ", StringComparison.Ordinal), topic, patience: TwoIntervals);
        }
    }

    [GeneratedRegex("^(?<seconds>[0-9]+) seconds$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uptime();

    [GeneratedRegex(@"^\$SYS/(?<name>[A-Za-z0-9_ ./-]+?) (-?[0-9]+(\.[0-9]+)?|[0-9]+ seconds|\S+ version .+|sync|memory)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Topic();

    [GeneratedRegex("[/ .-]", RegexOptions.None, 1000)]
    private static partial Regex NotInAMetric();
}
