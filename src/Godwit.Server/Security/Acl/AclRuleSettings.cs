namespace Godwit.Server.Security.Acl;

/// <summary>One rule as the configuration says it. What is not said holds for all.</summary>
public sealed class AclRuleSettings
{
    /// <summary>What it allows. Either this or <see cref="Deny"/>.</summary>
    public AclVerb? Allow { get; set; }

    /// <summary>What it denies.</summary>
    public AclVerb? Deny { get; set; }

    /// <summary>Topic Filters; <c>%u</c> and <c>%c</c> stand for the user name and the client identifier. Empty: every topic, those with <c>$</c> too.</summary>
    public IReadOnlyList<string> Topics { get; set; } = [];

    /// <summary>User names. Empty: all.</summary>
    public IReadOnlyList<string> Users { get; set; } = [];

    /// <summary>True: only clients without a user name; false: only those with one. Null: all.</summary>
    public bool? Anonymous { get; set; }

    /// <summary>Groups that the login has named; one of them is enough. Empty: all clients.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    /// <summary>Client identifiers; a <c>*</c> at the end stands for anything. Empty: all.</summary>
    public IReadOnlyList<string> Clients { get; set; } = [];

    /// <summary>Ranges of addresses, <c>10.0.0.0/8</c>. Empty: all.</summary>
    public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <summary>Names of listeners. Empty: all.</summary>
    public IReadOnlyList<string> Listeners { get; set; } = [];

    /// <summary>Only messages and subscriptions of at most this QoS. Null: all.</summary>
    public int? QoSMax { get; set; }

    /// <summary>Only messages with this retain flag. Null: all.</summary>
    public bool? Retain { get; set; }

    /// <summary>What it would deny is counted and logged, and the rules behind it decide.</summary>
    public bool ReportOnly { get; set; }

    /// <summary>The rule in one line, for logs.</summary>
    public override string ToString()
    {
        var verb = Allow ?? Deny;
        var words = new List<string> { Allow is null ? "deny" : "allow", AclKeys.Words(verb?.Actions ?? AclActions.None) };
        words.AddRange(Topics);
        Add(words, "user", Users);
        Add(words, "group", Groups);
        Add(words, "client", Clients);
        Add(words, "address", Addresses);
        Add(words, "listener", Listeners);
        Add(words, "anonymous", Anonymous is { } anonymous ? [anonymous ? "true" : "false"] : []);
        Add(words, "QoSMax", QoSMax is { } most ? [most.ToString(System.Globalization.CultureInfo.InvariantCulture)] : []);
        Add(words, "retain", Retain is { } retain ? [retain ? "true" : "false"] : []);
        return string.Join(' ', words);
    }

    private static void Add(List<string> words, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            words.Add($"{name}={string.Join(',', values)}");
        }
    }
}
