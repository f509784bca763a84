using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Eclipse Paho for Go inside Debian's <c>prometheus-mqtt-exporter</c>, a program that people run beside a broker.</summary>
public sealed class Paho_Go(BrokerUnderTest broker, MosquittoTools client) : Scenario<MosquittoTools>(broker, client)
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), Spec("R54")]
    public async Task Exporter_turns_messages_into_metrics(int qos)
    {
        var program = Programs.Require("prometheus-mqtt-exporter", "prometheus-mqtt-exporter");
        var topic = Unique.Name("exporter");
        using var directory = new TemporaryDirectory();
        var configuration = directory.Write("exporter.yaml", $"""
            mqtt:
              server: tcp://{Broker.Host}:{Broker.PortText}
              topic_path: {topic}/+
              qos: {qos}
            metrics:
              - prom_name: temperature
                mqtt_name: temperature
                help: a temperature
                type: gauge

            """);
        await OtherPublishesAsync(MqttVersion.Mqtt311, $"{topic}/kitchen", """{"temperature":"21.5"}""", 2, retain: true);
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);

        string[] line = ["-config", configuration, "-listen-address", "127.0.0.1", "-listen-port", port];
        await using var exporter = ProgramRun.Start(program, line);
        await MetricAsync(exporter, port, "sensor=\"kitchen\"", "} 21.5 ");

        await OtherPublishesAsync(MqttVersion.Mqtt311, $"{topic}/cellar", """{"temperature":"9.25"}""", 2);
        await MetricAsync(exporter, port, "sensor=\"cellar\"", "} 9.25 ");
    }

    /// <summary>Reads the metrics again and again until one is there.</summary>
    private static async Task MetricAsync(ProgramRun exporter, string port, string label, string value)
    {
        using var http = new HttpClient();
        var deadline = DateTime.UtcNow + Deadlines.Answer;
        while (true)
        {
            var text = await GetAsync(http, port);
            if (text.Split('\n').Any(line => line.Contains(label, StringComparison.Ordinal) && line.Contains(value, StringComparison.Ordinal)))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < deadline, $"No {label} {value} from {exporter.Transcript()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> GetAsync(HttpClient http, string port)
    {
        try
        {
            return await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException)
        {
            return "";      // it does not listen yet
        }
    }
}
