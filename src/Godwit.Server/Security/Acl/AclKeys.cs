using Godwit.Server.Configuration;

namespace Godwit.Server.Security.Acl;

/// <summary>Every key of the section <c>Acl</c>. All of them hold after a reload.</summary>
public static class AclKeys
{
    private const bool Hot = true;

    private static readonly (string Word, AclActions Value)[] ActionWords =
    [
        ("publish", AclActions.Publish),
        ("read", AclActions.Read),
        ("subscribe", AclActions.Subscribe),
        ("receive", AclActions.Receive),
        ("all", AclActions.All),
    ];

    private static readonly KeyType<IReadOnlyList<AclActions>> ActionList = KeyTypes.List(KeyTypes.Choice(ActionWords));

    /// <summary>The keys of the section itself, and of a set.</summary>
    public static KeyTable<AclSettings> Set { get; } = new()
    {
        { nameof(AclSettings.File), KeyTypes.File, s => s.File, (s, v) => s.File = v, Hot, "acl_file", "A file: JSON with further rules, asked after Rules, or an ACL file as Mosquitto reads it, instead of rules. With a file, what no rule allows is denied, also when it is empty." },
        { nameof(AclSettings.CheckSubscribe), KeyTypes.Flag, s => s.CheckSubscribe, (s, v) => s.CheckSubscribe = v, Hot, "", "With Mosquitto's file: refuse a SUBSCRIBE of which nothing could be received. Without it each one is granted, as Mosquitto does, and messages are held back at delivery." },
        { nameof(AclSettings.CheckRetainSource), KeyTypes.Flag, s => s.CheckRetainSource, (s, v) => s.CheckRetainSource = v, Hot, "check_retain_source", "A retained message is delivered only while its publisher still may publish it." },
        { nameof(AclSettings.ReportOnly), KeyTypes.Flag, s => s.ReportOnly, (s, v) => s.ReportOnly = v, Hot, "", "Deny nothing: count and log what would be denied." },
    };

    /// <summary>The keys of one rule.</summary>
    public static KeyTable<AclRuleSettings> Rule { get; } = new()
    {
        { nameof(AclRuleSettings.Allow), Verb, r => r.Allow, (r, v) => r.Allow = v, Hot, "", "What the rule allows. read is subscribe and receive." },
        { nameof(AclRuleSettings.Deny), Verb, r => r.Deny, (r, v) => r.Deny = v, Hot, "", "What the rule denies, instead of Allow." },
        { nameof(AclRuleSettings.Topics), Texts("a Topic Filter", WrongFilter), r => r.Topics, (r, v) => r.Topics = v, Hot, "", "Topic Filters; %u stands for the user name, %c for the client identifier. None: every topic, those that begin with $ too." },
        { nameof(AclRuleSettings.Users), Texts("a user name"), r => r.Users, (r, v) => r.Users = v, Hot, "", "User names. None: all." },
        { nameof(AclRuleSettings.Anonymous), KeyTypes.Optional(KeyTypes.Flag), r => r.Anonymous, (r, v) => r.Anonymous = v, Hot, "", "true: only clients without a user name; false: only those with one." },
        { nameof(AclRuleSettings.Groups), Texts("a group"), r => r.Groups, (r, v) => r.Groups = v, Hot, "", "Groups that the login has named; one of them is enough." },
        { nameof(AclRuleSettings.Clients), Texts("a client identifier"), r => r.Clients, (r, v) => r.Clients = v, Hot, "", "Client identifiers, which prove nothing by themselves; a * at the end stands for anything." },
        { nameof(AclRuleSettings.Addresses), Texts("a range of addresses such as 10.0.0.0/8, or an address", WrongNetwork), r => r.Addresses, (r, v) => r.Addresses = v, Hot, "", "Where the client comes from." },
        { nameof(AclRuleSettings.Listeners), Texts("the name of a listener"), r => r.Listeners, (r, v) => r.Listeners = v, Hot, "", "Listeners it came through." },
        { nameof(AclRuleSettings.QoSMax), KeyTypes.Optional(KeyTypes.Number("", 0, 2)), r => r.QoSMax, (r, v) => r.QoSMax = (int?)v, Hot, "", "Only messages, and subscriptions, of at most this QoS." },
        { nameof(AclRuleSettings.Retain), KeyTypes.Optional(KeyTypes.Flag), r => r.Retain, (r, v) => r.Retain = v, Hot, "", "Only messages with the retain flag, or only those without." },
        { nameof(AclRuleSettings.ReportOnly), KeyTypes.Flag, r => r.ReportOnly, (r, v) => r.ReportOnly = v, Hot, "", "A rule on trial: what it would deny is counted and logged, and the rules behind it decide." },
    };

    /// <summary>The name of a set.</summary>
    internal static KeyTable<AclSettings> SetName { get; } = new()
    {
        { nameof(AclSettings.Name), KeyTypes.Text, s => s.Name, (s, v) => s.Name = v ?? "", Hot, "", "Listeners name the set by it." },
    };

    private static KeyType<AclVerb?> Verb => new(ParseVerb, verb => verb is null ? "" : Words(verb.Actions))
    {
        Values = "one or more of publish, subscribe, receive, read and all",
        IsList = true,
        Schema = ActionList.Schema,
    };

    /// <summary>Actions in the words of the configuration.</summary>
    internal static string Words(AclActions actions)
    {
        if (ActionWords.FirstOrDefault(choice => choice.Value == actions) is { Word: { } word })
        {
            return word;
        }

        return string.Join(',', ActionWords.Where(choice => choice.Value != AclActions.Read && (choice.Value & actions) == choice.Value).Select(choice => choice.Word));
    }

    private static string? ParseVerb(ConfigurationAssignment assignment, out AclVerb? verb)
    {
        verb = null;
        if (ActionList.Parse(assignment, out var actions) is { } error)
        {
            return error;
        }

        var all = actions.Aggregate(AclActions.None, (sum, action) => sum | action);
        verb = new AclVerb(all, assignment.Origin);
        return all == AclActions.None ? "takes at least one of publish, subscribe, receive, read and all." : null;
    }

    private static KeyType<IReadOnlyList<string>> Texts(string values, Func<string, string?>? check = null)
    {
        var list = KeyTypes.List(KeyTypes.TextOf(values, check));
        return new KeyType<IReadOnlyList<string>>(
            (ConfigurationAssignment assignment, out IReadOnlyList<string> texts) =>
            {
                var error = list.Parse(assignment, out var found);
                texts = [.. found.Select(text => text!)];
                return error is null && texts.Count == 0 ? "is an empty list: leave it out when it is not to say anything." : error;
            },
            texts => string.Join(", ", texts))
        {
            Values = list.Values,
            IsList = true,
            Schema = list.Schema,
        };
    }

    private static string? WrongFilter(string text) =>
        AclFilter.TryParse(text, out _, out var error) ? null : $"takes Topic Filters: {error}.";

    private static string? WrongNetwork(string text) =>
        AclNetwork.TryParse(text, out _) ? null : $"takes ranges of addresses such as 10.0.0.0/8, not '{text}'.";
}
