using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Commands;
using Godwit.Client;
using Godwit.Protocol;

namespace Godwit.Cli.Clients;

/// <summary>
/// The flags that pub and sub have in common, named and understood as Mosquitto's tools do. Every value is taken as the word that was
/// typed, also when it begins with a hyphen; of a flag that is repeated the last counts.
/// </summary>
internal sealed class ClientFlags
{
    private readonly Option<string[]> _host = Value("--host", "-h", "HOST", "Server to connect to. Default: localhost.");
    private readonly Option<string[]> _port = Value("--port", "-p", "PORT", "Port of the server. Default: 1883, with TLS 8883.");
    private readonly Option<string[]> _qos = Value("--qos", "-q", "0|1|2", "Quality of service. Default: 0.");
    private readonly Option<string[]> _id = Value("--id", "-i", "ID", "Client id. Default: the server chooses one.");
    private readonly Option<string[]> _userName = Value("--username", "-u", "NAME", "User name.");
    private readonly Option<string[]> _password = Value("--pw", "-P", "PASSWORD", "Password. Other users of this machine can see it in the list of processes.");
    private readonly Option<string[]> _keepAlive = Value("--keepalive", "-k", "SECONDS", "Longest silence before a ping, 5 to 65535. Default: 60.");

    private readonly Option<string[]> _version = Value(
        "--protocol-version", "-V", "5|311|31", "Protocol version, also as mqttv5, mqttv311, mqttv31. Default: 5, and 311 when the server does not know 5.");

    private readonly Option<bool> _keepSession = Flag("--disable-clean-session", "-c", "Keep the session when the connection ends; needs --id.");
    private readonly Option<bool> _debug = Flag("--debug", "-d", "Print a line for each packet.");
    private readonly Option<string[]> _willTopic = Value("--will-topic", null, "TOPIC", "Topic of the message that the server publishes when this client is lost.");
    private readonly Option<string[]> _willPayload = Value("--will-payload", null, "TEXT", "Its payload. Default: empty.");
    private readonly Option<string[]> _willQoS = Value("--will-qos", null, "0|1|2", "Its quality of service. Default: 0.");
    private readonly TlsFlags _tls = new();
    private readonly Option<bool> _willRetain = Flag("--will-retain", null, "The server keeps it for later subscribers.");

    /// <summary>A flag with a value; it may be repeated.</summary>
    internal static Option<string[]> Value(string name, string? alias, string helpName, string description) =>
        new(name, alias is null ? [] : [alias]) { HelpName = helpName, Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>A flag without a value.</summary>
    internal static Option<bool> Flag(string name, string? alias, string description) =>
        new(name, alias is null ? [] : [alias]) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>The words that were typed after a flag, in order; empty when it was not typed.</summary>
    internal static List<string> ValuesOf(ParseResult result, Option option)
    {
        var values = new List<string>();
        if (result.GetResult(option) is { } found)
        {
            foreach (var token in found.Tokens)
            {
                values.Add(token.Value);
            }
        }

        return values;
    }

    /// <summary>The word after a flag, the last when it is repeated; null when it was not typed.</summary>
    internal static string? LastOf(ParseResult result, Option option) =>
        ValuesOf(result, option) is { Count: > 0 } values ? values[^1] : null;

    internal static bool IsSet(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>A whole number between two bounds.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal static int Number(string value, int minimum, int maximum, string what) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw new UsageException($"'{value}' is not a {what}: a number from {minimum} to {maximum}.");

    /// <summary>Adds the flags to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_host, _port, _qos, _id, _userName, _password, _keepAlive, _version, _keepSession, _debug, _willTopic, _willPayload, _willQoS, _willRetain])
        {
            command.Options.Add(option);
        }

        _tls.AddTo(command);
    }

    /// <summary>Reads the flags.</summary>
    /// <exception cref="UsageException">One of them makes no sense.</exception>
    internal ClientArguments Read(ParseResult result)
    {
        var version = LastOf(result, _version);
        var userName = LastOf(result, _userName);
        var password = LastOf(result, _password);
        var tls = _tls.Read(result);
        var arguments = new ClientArguments
        {
            Host = LastOf(result, _host) ?? "localhost",
            Port = Number(LastOf(result, _port) ?? (tls is null ? "1883" : "8883"), 1, 65_535, "port"),
            Tls = tls,
            QoS = QoSOf(LastOf(result, _qos)),
            ClientId = LastOf(result, _id),
            UserName = userName,
            Password = password,
            KeepAlive = TimeSpan.FromSeconds(Number(LastOf(result, _keepAlive) ?? "60", 5, 65_535, "keep-alive")),
            Version = version is null ? null : VersionOf(version),
            KeepsSession = IsSet(result, _keepSession),
            IsDebug = IsSet(result, _debug),
            Will = WillOf(result),
        };
        Check(arguments);
        return arguments;
    }

    private static void Check(ClientArguments arguments)
    {
        if (arguments.Host.Length == 0)
        {
            throw new UsageException("the host is empty.");
        }

        if (arguments.ClientId is "")
        {
            throw new UsageException("the client id is empty; without --id the server chooses one.");
        }

        if (arguments.KeepsSession && arguments.ClientId is null)
        {
            throw new UsageException("-c needs a client id (-i): without one the session cannot be found again.");
        }

        if (arguments is { Password: not null, UserName: null, Version: ProtocolVersion.Mqtt31 or ProtocolVersion.Mqtt311 })
        {
            throw new UsageException("a password (-P) needs a user name (-u) in MQTT 3.");
        }
    }

    private static MqttQoS QoSOf(string? value) => value switch
    {
        null or "0" => MqttQoS.AtMostOnce,
        "1" => MqttQoS.AtLeastOnce,
        "2" => MqttQoS.ExactlyOnce,
        _ => throw new UsageException($"'{value}' is not a QoS: 0, 1 or 2."),
    };

    /// <summary>A protocol version as it is typed.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    internal static ProtocolVersion VersionOf(string value) => value switch
    {
        "5" or "mqttv5" => ProtocolVersion.Mqtt5,
        "311" or "mqttv311" => ProtocolVersion.Mqtt311,
        "31" or "mqttv31" => ProtocolVersion.Mqtt31,
        _ => throw new UsageException($"'{value}' is not a protocol version: 5, 311, 31, mqttv5, mqttv311 or mqttv31."),
    };

    private MqttWill? WillOf(ParseResult result)
    {
        var payload = LastOf(result, _willPayload);
        var qos = QoSOf(LastOf(result, _willQoS));
        var retain = IsSet(result, _willRetain);
        if (LastOf(result, _willTopic) is { } topic)
        {
            return new MqttWill { Topic = Topics.CheckName(topic, "will topic"), Payload = Topics.Utf8.GetBytes(payload ?? ""), QoS = qos, Retain = retain };
        }

        return payload is not null || retain
            ? throw new UsageException("there is a --will-payload or --will-retain, but no --will-topic.")
            : null;
    }
}
