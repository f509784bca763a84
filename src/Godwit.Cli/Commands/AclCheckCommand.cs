using System.CommandLine;
using System.Net;
using System.Text;
using Godwit.Broker.Security;
using Godwit.Cli.Clients;
using Godwit.Protocol;
using Godwit.Protocol.Topics;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Acl;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit acl check</c>: may this client do that, and which rule says so?</summary>
internal static class AclCheckCommand
{
    /// <summary>Exit code when it is denied.</summary>
    internal const int Denied = 1;

    /// <summary>Exit code when the question or the rules make no sense.</summary>
    internal const int CannotSay = ServerStartException.InvalidConfiguration;

    private const string Examples = """
        Examples:
          godwit acl check --user alice --topic home/alice/lamp --access publish
          godwit acl check --client dev7 --topic 'home/#' --access subscribe -c godwit.json
          godwit acl check --user bob --topic a/b --access receive --acl-file /etc/mosquitto/acl
          godwit acl check --user bob --group ops --address 10.1.2.3 --topic a/b --access publish

        Prints the rule that decides, with its file and line. Without --user it asks for a client without a user name.
        Exit codes: 0 allowed, 1 denied, 2 usage, or rules that cannot be used.
        """;

    private static readonly Option<string?> User = new("--user", "-u") { HelpName = "NAME", Description = "User name. Without: a client that has none." };
    private static readonly Option<string?> Client = new("--client", "-i") { HelpName = "ID", Description = "Client identifier." };
    private static readonly Option<string?> Topic = new("--topic", "-t") { HelpName = "TOPIC", Description = "Topic Name; with subscribe the Topic Filter." };
    private static readonly Option<string?> Access = new("--access", "-a") { HelpName = "publish|receive|subscribe", Description = "What it wants to do; write and read are publish and receive." };
    private static readonly Option<string?> Address = new("--address") { HelpName = "ADDR", Description = "Where it comes from." };
    private static readonly Option<string[]> Group = ClientFlags.Value("--group", null, "NAME", "A group that its login names; repeatable.");
    private static readonly Option<string?> Listener = new("--listener") { HelpName = "NAME", Description = "The listener it comes through, with its rules and its mount point." };
    private static readonly Option<int> QoSLevel = new("--qos", "-q") { HelpName = "0|1|2", Description = "QoS of the message or of the subscription. Default: 0." };
    private static readonly Option<bool> Retain = ClientFlags.Flag("--retain", "-r", "The message has the retain flag.");
    private static readonly Option<string?> Config = ConfigWork.FileOption();
    private static readonly Option<string?> AclFile = new("--acl-file") { HelpName = "FILE", Description = "Only this file of rules, ours or Mosquitto's, instead of a configuration." };

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("check", "Say whether a client may do something, and by which rule.", Examples)
        {
            User, Client, Topic, Access, Address, Group, Listener, QoSLevel, Retain, Config, AclFile,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        try
        {
            var decision = Ask(result);
            Console.Out.WriteLine(Describe(decision));
            return decision.IsAllowed ? 0 : Denied;
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine(UsageError.Describe("godwit acl check", exception.Message));
        }
        catch (ServerStartException exception)
        {
            Console.Error.WriteLine(exception.Message);
        }

        return CannotSay;
    }

    private static string Describe(in AclDecision decision)
    {
        if (decision.IsReported)
        {
            return $"allowed, on trial; it would be denied: {decision.WouldDeny?.ToString() ?? "no rule allows it"}";
        }

        return $"{(decision.IsAllowed ? "allowed" : "denied")}: {decision.Reason}";
    }

    private static AclDecision Ask(ParseResult result)
    {
        var action = ActionOf(result.GetValue(Access));
        var listeners = new List<ListenerOptions>();
        var rules = LoadRules(result, listeners);
        var listener = ListenerOf(result.GetValue(Listener), listeners);
        var topic = TopicOf(result.GetValue(Topic), action, listener?.MountPoint);
        var identity = new Identity
        {
            UserName = result.GetValue(User),
            Groups = ClientFlags.ValuesOf(result, Group),
            Address = AddressOf(result.GetValue(Address)),
            Listener = listener is null ? null : new ListenerRules { Name = listener.Name, Acl = listener.Acl },
        };
        if (result.GetValue(QoSLevel) is < 0 or > 2)
        {
            throw new UsageException("--qos takes 0, 1 or 2.");
        }

        var who = new Subject(result.GetValue(Client) ?? "", identity);
        return new AclPolicy(rules).Decide(who, action, topic, (QoS)result.GetValue(QoSLevel), result.GetValue(Retain));
    }

    private static AclSnapshot LoadRules(ParseResult result, List<ListenerOptions> listeners)
    {
        var input = new ConfigurationInput();
        if (result.GetValue(AclFile) is { } file)
        {
            var alone = AclLoader.LoadFile(file, checkSubscribe: false, input);
            Warn(input.Messages);
            return alone ?? throw Failed(input.Messages);
        }

        var loaded = ConfigurationLoader.Load(ConfigurationSources.Of(result.GetValue(Config), commandLine: null));
        Warn(loaded.Messages);
        listeners.AddRange(loaded.Options.Listeners);
        return loaded.IsValid && AclLoader.Load(loaded.Options.Acl, input) is { } rules ? rules : throw Failed(loaded.Messages);
    }

    private static void Warn(IEnumerable<ConfigurationMessage> messages)
    {
        foreach (var message in messages.Where(message => !message.IsError))
        {
            Console.Error.WriteLine(message);
        }
    }

    private static ServerStartException Failed(IEnumerable<ConfigurationMessage> messages) =>
        new(string.Join(Environment.NewLine, messages.Where(message => message.IsError)), CannotSay);

    private static AclActions ActionOf(string? word) => word switch
    {
        "publish" or "write" => AclActions.Publish,
        "receive" or "read" => AclActions.Receive,
        "subscribe" => AclActions.Subscribe,
        null => throw new UsageException("--access is missing: publish, receive or subscribe."),
        _ => throw new UsageException($"--access takes publish, receive or subscribe, not '{word}'."),
    };

    private static ListenerOptions? ListenerOf(string? name, List<ListenerOptions> listeners) => name is null
        ? null
        : listeners.Find(listener => name.Equals(listener.Name, StringComparison.Ordinal)) ?? throw new UsageException($"No listener of the configuration has the name {name}.");

    private static IPAddress? AddressOf(string? text) => text is null
        ? null
        : IPAddress.TryParse(text, out var address) ? address : throw new UsageException($"--address takes an IP address, not '{text}'.");

    /// <summary>UTF-8, with the mount point, and without <c>$share</c>: as rules are asked about it.</summary>
    private static byte[] TopicOf(string? text, AclActions action, string? mountPoint)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new UsageException("--topic is missing.");
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        if (action != AclActions.Subscribe)
        {
            return TopicName.IsValid(utf8) ? Encoding.UTF8.GetBytes(mountPoint + text) : throw new UsageException($"'{text}' has a wildcard; only with --access subscribe it may have one.");
        }

        return TopicFilter.TryParse(utf8, out var filter)
            ? [.. Encoding.UTF8.GetBytes(mountPoint ?? ""), .. filter.Filter]
            : throw new UsageException($"'{text}' is not a Topic Filter.");
    }
}
