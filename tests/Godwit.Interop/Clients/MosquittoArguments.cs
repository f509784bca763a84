using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>Requests as option lines of mosquitto_pub and mosquitto_sub, which <c>godwit pub</c> and <c>godwit sub</c> share.</summary>
public static class MosquittoArguments
{
    /// <summary>The value of <c>-V</c>.</summary>
    public static string Version(MqttVersion version) => version switch
    {
        MqttVersion.Mqtt31 => "mqttv31",
        MqttVersion.Mqtt311 => "mqttv311",
        _ => "mqttv5",
    };

    /// <summary>Options of a subscriber, without the form of its output.</summary>
    public static IReadOnlyList<string> Subscribe(BrokerAddress broker, SubscribeRequest request)
    {
        List<string> arguments = ["-h", broker.Host, "-p", broker.PortText, "-V", Version(request.Version), "-i", request.ClientId];
        arguments.AddRange(["-q", Number(request.QoS), "-d"]);
        arguments.AddRange(request.Filters.SelectMany(filter => new[] { "-t", filter }));

        if (!request.CleanStart)
        {
            arguments.Add("-c");
        }

        if (request.SessionExpirySeconds is { } expiry)
        {
            arguments.AddRange(["-x", Number(expiry)]);
        }

        if (request.SubscriptionIdentifier is { } identifier)
        {
            arguments.AddRange(["-D", "subscribe", "subscription-identifier", Number(identifier)]);
        }

        arguments.AddRange(Will(request.Will));

        return arguments;
    }

    /// <summary>Options of a publisher; a payload that is long or no plain text travels through a file.</summary>
    public static IReadOnlyList<string> Publish(BrokerAddress broker, PublishRequest request, TemporaryDirectory directory)
    {
        List<string> arguments = ["-h", broker.Host, "-p", broker.PortText, "-V", Version(request.Version), "-t", request.Topic];
        arguments.AddRange(["-q", Number(request.QoS)]);
        arguments.AddRange(request.Retain ? ["-r"] : []);
        arguments.AddRange(request.Payload switch
        {
            { Length: 0 } => ["-n"],
            { Length: > 200 } => ["-f", directory.Write("payload", request.Payload)],
            _ => ["-m", System.Text.Encoding.UTF8.GetString(request.Payload)],
        });
        arguments.AddRange(Properties(request.Properties));
        arguments.AddRange(Will(request.Will));

        return arguments;
    }

    /// <summary>The options of a will, which paho_c_pub and paho_c_sub share.</summary>
    public static IReadOnlyList<string> Will(Will? will) => will is null
        ? []
        : ["--will-topic", will.Topic, "--will-payload", will.Payload, "--will-qos", Number(will.QoS), .. will.Retain ? ["--will-retain"] : Array.Empty<string>()];

    private static List<string> Properties(MessageProperties properties)
    {
        List<string> arguments = [];
        void Add(string name, object? value)
        {
            if (value is not null)
            {
                arguments.AddRange(["-D", "publish", name, Convert.ToString(value, CultureInfo.InvariantCulture)!]);
            }
        }

        Add("content-type", properties.ContentType);
        Add("response-topic", properties.ResponseTopic);
        Add("correlation-data", properties.CorrelationData);
        Add("message-expiry-interval", properties.MessageExpirySeconds);
        Add("payload-format-indicator", properties.PayloadFormatIndicator);
        Add("topic-alias", properties.TopicAlias);
        foreach (var (name, value) in properties.UserProperties)
        {
            arguments.AddRange(["-D", "publish", "user-property", name, value]);
        }

        return arguments;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
