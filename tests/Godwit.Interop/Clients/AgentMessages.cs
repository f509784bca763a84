using System.Text;
using System.Text.Json.Nodes;
using Godwit.Testing.Brokers;

namespace Godwit.Interop.Clients;

/// <summary>The JSON of the scripts; a field that has no value is left out.</summary>
public static class AgentMessages
{
    private const int AnHour = 3600;

    public static JsonObject Connect(BrokerAddress broker, SubscribeRequest request)
    {
        var isPersistent = request is { Version: MqttVersion.Mqtt5, CleanStart: false };
        var json = new JsonObject
        {
            ["host"] = broker.Host,
            ["port"] = broker.Port,
            ["version"] = Version(request.Version),
            ["clientId"] = request.ClientId,
            ["cleanStart"] = request.CleanStart,
        };
        Set(json, "sessionExpiry", request.SessionExpirySeconds ?? (isPersistent ? AnHour : null));
        Set(json, "receiveMaximum", request.ReceiveMaximum);
        Set(json, "topicAliasMaximum", request.TopicAliasMaximum);
        if (request.Will is { } will)
        {
            json["will"] = new JsonObject
            {
                ["topic"] = will.Topic,
                ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(will.Payload)),
                ["qos"] = will.QoS,
                ["retain"] = will.Retain,
                ["delay"] = will.DelaySeconds,
            };
        }

        return json;
    }

    public static JsonObject Subscribe(SubscribeRequest request)
    {
        var json = new JsonObject
        {
            ["filters"] = new JsonArray([.. request.Filters.Select(filter => (JsonNode)filter)]),
            ["qos"] = request.QoS,
            ["noLocal"] = request.NoLocal,
            ["retainAsPublished"] = request.RetainAsPublished,
            ["retainHandling"] = request.RetainHandling,
        };
        Set(json, "identifier", request.SubscriptionIdentifier);

        return json;
    }

    public static JsonObject Publish(PublishRequest request)
    {
        var json = new JsonObject
        {
            ["topic"] = request.Topic,
            ["payload"] = Convert.ToBase64String(request.Payload),
            ["qos"] = request.QoS,
            ["retain"] = request.Retain,
            ["userProperties"] = new JsonArray([.. request.Properties.UserProperties.Select(pair => (JsonNode)new JsonArray(pair.Name, pair.Value))]),
        };
        Set(json, "contentType", request.Properties.ContentType);
        Set(json, "responseTopic", request.Properties.ResponseTopic);
        Set(json, "correlationData", request.Properties.CorrelationData);
        Set(json, "messageExpiry", request.Properties.MessageExpirySeconds);
        Set(json, "payloadFormat", request.Properties.PayloadFormatIndicator);
        Set(json, "topicAlias", request.Properties.TopicAlias);

        return json;
    }

    public static ReceivedMessage Message(JsonObject json) => new(
        json["topic"]!.GetValue<string>(),
        Convert.FromBase64String(json["payload"]!.GetValue<string>()),
        json["qos"]!.GetValue<int>(),
        json["retain"]!.GetValue<bool>(),
        new MessageProperties
        {
            ContentType = json["contentType"]?.GetValue<string>(),
            ResponseTopic = json["responseTopic"]?.GetValue<string>(),
            CorrelationData = json["correlationData"]?.GetValue<string>(),
            MessageExpirySeconds = json["messageExpiry"]?.GetValue<int>(),
            PayloadFormatIndicator = json["payloadFormat"]?.GetValue<int>(),
            UserProperties = [.. Items(json, "userProperties").Select(pair => (pair[0]!.GetValue<string>(), pair[1]!.GetValue<string>()))],
            SubscriptionIdentifiers = [.. Items(json, "identifiers").Select(item => item.GetValue<int>())],
        });

    /// <summary>The reason codes of a SUBACK or UNSUBACK.</summary>
    public static IReadOnlyList<int> Codes(JsonObject json) => [.. Items(json, "codes").Select(item => item.GetValue<int>())];

    private static string Version(MqttVersion version) => version switch
    {
        MqttVersion.Mqtt31 => "3.1",
        MqttVersion.Mqtt311 => "3.1.1",
        _ => "5",
    };

    private static IEnumerable<JsonNode> Items(JsonObject json, string name) => json[name] is JsonArray items ? items.Select(item => item!) : [];

    private static void Set(JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
