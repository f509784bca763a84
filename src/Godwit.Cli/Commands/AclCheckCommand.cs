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
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;
using Microsoft.Extensions.Logging.Abstractions;

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
        Where no rule decides and the configuration names somebody to ask, it says so; --ask asks.
        Exit codes: 0 allowed, 1 denied or not decided, 2 usage, or rules that cannot be used.
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
    private static readonly Option<bool> Ask = ClientFlags.Flag("--ask", null, "Ask the HTTP service and the database of the configuration when no rule decides.");
    private static readonly Option<string?> AclFile = new("--acl-file") { HelpName = "FILE", Description = "Only this file of rules, ours or Mosquitto's, instead of a configuration." };

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("check", "Say whether a client may do something, and by which rule.", Examples)
        {
            User, Client, Topic, Access, Address, Group, Listener, QoSLevel, Retain, Ask, Config, AclFile,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        try
        {
            var decision = await DecideAsync(result).ConfigureAwait(false);
            Console.Out.WriteLine(Describe(decision));
            return decision.IsAllowed ? 0 : Denied;
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine(UsageError.Describe("godwit acl check", exception.Message));
        }
        catch (Exception exception) when (exception is ServerStartException or AuthenticationFileException)
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

        var verdict = decision.Ground == AclGround.Undecided ? "not decided" : "denied";
        return $"{(decision.IsAllowed ? "allowed" : verdict)}: {decision.Reason}";
    }

    private static async Task<AclDecision> DecideAsync(ParseResult result)
    {
        var action = ActionOf(result.GetValue(Access));
        var (rules, asking, listeners) = LoadRules(result);
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
        return await AclConsultation.DecideAsync(
            rules, asking, result.GetValue(Ask), who, action, topic, (QoS)result.GetValue(QoSLevel), result.GetValue(Retain), NullLogger.Instance).ConfigureAwait(false);
    }

    private static (AclSnapshot Rules, AuthorizationSettings Asking, List<ListenerOptions> Listeners) LoadRules(ParseResult result)
    {
        var input = new ConfigurationInput();
        if (result.GetValue(AclFile) is { } file)
        {
            var alone = AclLoader.LoadFile(file, checkSubscribe: false, input);
            Warn(input.Messages);
            return (alone ?? throw Failed(input.Messages), new AuthorizationSettings(), []);
        }

        var loaded = ConfigWork.Load(result.GetValue(Config), commandLine: null);
        Warn(loaded.Messages);
        var rules = loaded.IsValid ? AclLoader.Load(loaded.Options.Acl, input) : null;
        return (rules ?? throw Failed(loaded.Messages), loaded.Options.Acl.Asking, [.. loaded.Options.Listeners]);
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
