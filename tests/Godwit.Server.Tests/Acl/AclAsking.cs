using System.Net;
using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Configuration;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Tests.Acl;

/// <summary>Rules written in a test, and questions to them.</summary>
internal static class AclAsking
{
    /// <summary>Rules in Mosquitto's form.</summary>
    public static AclPolicy Mosquitto(string text, bool checkSubscribe = false)
    {
        var input = new ConfigurationInput();
        var rules = MosquittoAclFile.Read("acl", Encoding.UTF8.GetBytes(text), input);
        Assert.DoesNotContain(input.Messages, message => message.IsError);
        return new AclPolicy(new AclSnapshot(new AclRuleSet("", rules) { IsClosed = true, GrantsSubscribe = !checkSubscribe }, []));
    }

    /// <summary>The messages about a file in Mosquitto's form, warnings too.</summary>
    public static string[] MosquittoMessages(string text)
    {
        var input = new ConfigurationInput();
        MosquittoAclFile.Read("acl", Encoding.UTF8.GetBytes(text), input);
        return [.. input.Messages.Select(message => message.ToString())];
    }

    /// <summary>The section <c>Acl</c> as it stands in the braces of a configuration.</summary>
    public static AclPolicy Native(string section) => new(Snapshot(section));

    /// <inheritdoc cref="Native"/>
    public static AclSnapshot Snapshot(string section)
    {
        var (snapshot, messages) = Load(section);
        Assert.True(snapshot is not null, string.Join('\n', messages));
        return snapshot;
    }

    /// <summary>The rules, or null and the errors.</summary>
    public static (AclSnapshot? Snapshot, string[] Messages) Load(string section)
    {
        var loaded = ConfigurationLoader.Load([new Section(section)]);
        var snapshot = loaded.IsValid ? AclLoader.Load(loaded.Options.Acl, new ConfigurationInput()) : null;
        return (snapshot, [.. loaded.Messages.Select(message => message.ToString())]);
    }

    public static Subject Who(string? user, string client = "client", string? address = null, string[]? groups = null, ListenerRules? listener = null, object? rights = null) =>
        new(client, new Identity
        {
            UserName = user,
            Address = address is null ? null : IPAddress.Parse(address),
            Groups = groups ?? [],
            Listener = listener,
            Rights = rights,
        });

    public static bool Publishes(this AclPolicy policy, Subject who, string topic, int qos = 0, bool retain = false) =>
        policy.MayPublish(who, Encoding.UTF8.GetBytes(topic), (QoS)qos, retain);

    public static bool Subscribes(this AclPolicy policy, Subject who, string filter, int qos = 0) =>
        policy.MaySubscribe(who, Encoding.UTF8.GetBytes(filter), (QoS)qos);

    public static bool Receives(this AclPolicy policy, Subject who, string topic, int qos = 0, bool retain = false) =>
        policy.MayReceive(who, Encoding.UTF8.GetBytes(topic), (QoS)qos, retain);

    public static bool StillPublishes(this AclPolicy policy, Subject who, string topic) => policy.MayStillPublish(who, Encoding.UTF8.GetBytes(topic));

    public static AclDecision Asks(this AclPolicy policy, Subject who, AclActions action, string topic) =>
        policy.Decide(who, action, Encoding.UTF8.GetBytes(topic), QoS.AtMostOnce, retain: false);

    private sealed class Section(string text) : IConfigurationSource
    {
        public IReadOnlyList<string> Files => [];

        public ConfigurationInput Read()
        {
            var input = new ConfigurationInput();
            JsonFile.Read("godwit.json", Encoding.UTF8.GetBytes($"{{ \"Acl\": {{ {text} }} }}"), baseDirectory: null, input);
            return input;
        }
    }
}
