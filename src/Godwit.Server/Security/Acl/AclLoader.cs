using Godwit.Broker;
using Godwit.Protocol;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;

namespace Godwit.Server.Security.Acl;

/// <summary>Makes rules of what the configuration says, and reads the files that it names.</summary>
public static class AclLoader
{
    private const int FileSizeBytesMax = 64 << 20;

    /// <summary>Makes the rules.</summary>
    /// <param name="settings">The section <c>Acl</c>.</param>
    /// <param name="input">Receives messages: every error, and warnings.</param>
    /// <returns>The rules; null when there is an error: nothing of it may come into force.</returns>
    public static AclSnapshot? Load(AclSettings settings, ConfigurationInput input)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(input);
        var broker = LoadSet(settings, input);
        var named = new Dictionary<string, AclRuleSet>(StringComparer.Ordinal);
        foreach (var set in settings.Sets)
        {
            if (set.Name.Length == 0)
            {
                input.Error(OriginOf(set), "A set of rules needs a Name, by which listeners name it.");
            }
            else if (!named.TryAdd(set.Name, LoadSet(set, input)))
            {
                input.Error(OriginOf(set), $"Two sets of rules have the name {set.Name}.");
            }
        }

        return input.Messages.Exists(message => message.IsError) ? null : new AclSnapshot(broker, named.Values);
    }

    /// <summary>Reads one file: rules in JSON, or Mosquitto's; JSON begins with a brace, or its name ends in <c>.json</c>.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="checkSubscribe">With Mosquitto's: SUBSCRIBE may be refused.</param>
    /// <param name="input">Receives messages.</param>
    /// <returns>The rules; null when there is an error.</returns>
    public static AclSnapshot? LoadFile(string path, bool checkSubscribe, ConfigurationInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Load(new AclSettings { File = path, CheckSubscribe = checkSubscribe }, input);
    }

    /// <summary>Looks whether the rules can be understood, and whether those that listeners name are there.</summary>
    /// <param name="options">The whole configuration.</param>
    /// <param name="input">Receives messages.</param>
    internal static void Check(ServerOptions options, ConfigurationInput input)
    {
        _ = Load(options.Acl, input);
        foreach (var name in options.Listeners.Select(listener => listener.Acl).OfType<string>())
        {
            if (!options.Acl.Sets.Exists(set => set.Name.Equals(name, StringComparison.Ordinal)))
            {
                var names = options.Acl.Sets.Select(set => set.Name).DefaultIfEmpty("Acl:Sets, which is empty");
                input.Error(new ConfigurationOrigin(AclSection.Path), $"A listener names the rules {name}, which are not in Acl:Sets. Did you mean {NearestName.Of(name, names)}?");
            }
        }
    }

    private static AclRuleSet LoadSet(AclSettings settings, ConfigurationInput input)
    {
        var rules = new List<AclRule>();
        AddRules(rules, settings.Rules, OriginOf(settings), input);
        if (settings.File is not null && TryReadFile(settings.File, input) is { } text)
        {
            if (!IsJson(settings.File, text))
            {
                return LoadMosquitto(settings, text, input);
            }

            AddRules(rules, ReadJson(settings.File, text, input), new ConfigurationOrigin(settings.File), input);
        }

        if (settings.CheckSubscribe)
        {
            input.Warn(OriginOf(settings), "CheckSubscribe is about Mosquitto's file; with rules of our own SUBSCRIBE is always checked.");
        }

        return new AclRuleSet(settings.Name, rules) { IsClosed = rules.Count > 0 || settings.File is not null, IsOnTrial = settings.ReportOnly, ChecksRetainSource = settings.CheckRetainSource };
    }

    private static bool IsJson(string path, ReadOnlySpan<byte> text) =>
        path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static AclRuleSet LoadMosquitto(AclSettings settings, byte[] text, ConfigurationInput input)
    {
        if (settings.Rules.Count > 0)
        {
            input.Error(OriginOf(settings), $"{settings.File} is an ACL file of Mosquitto, which stands instead of Rules. Put one of the two into a set of its own.");
        }

        var rules = MosquittoAclFile.Read(settings.File!, text, input);
        return new AclRuleSet(settings.Name, rules)
        {
            IsClosed = true, IsOnTrial = settings.ReportOnly, GrantsSubscribe = !settings.CheckSubscribe, ChecksRetainSource = settings.CheckRetainSource,
        };
    }

    private static List<AclRuleSettings> ReadJson(string file, byte[] text, ConfigurationInput input)
    {
        var loaded = ConfigurationLoader.Load([new AclJsonSource(file, text)]);
        input.Messages.AddRange(loaded.Messages);
        return loaded.IsValid ? loaded.Options.Acl.Rules : [];
    }

    private static void AddRules(List<AclRule> rules, List<AclRuleSettings> settings, ConfigurationOrigin around, ConfigurationInput input)
    {
        foreach (var rule in settings)
        {
            var verb = rule.Allow ?? rule.Deny;
            if (verb is null || (rule.Allow is not null && rule.Deny is not null))
            {
                input.Error(verb?.Origin ?? around, $"A rule says either Allow or Deny; rule {settings.IndexOf(rule) + 1} says {(verb is null ? "neither" : "both")}.");
            }
            else if (rule.ReportOnly && rule.Allow is not null)
            {
                input.Error(verb.Origin, "ReportOnly is for a rule that denies: one that allows has nothing to report.");
            }
            else
            {
                rules.Add(Compile(rule, verb));
            }
        }
    }

    private static AclRule Compile(AclRuleSettings rule, AclVerb verb)
    {
        var conditions = new AclConditions
        {
            Users = [.. rule.Users],
            Anonymous = rule.Anonymous,
            Groups = [.. rule.Groups],
            Clients = [.. rule.Clients],
            Networks = [.. rule.Addresses.Select(text => AclNetwork.TryParse(text, out var network) ? network : throw new ArgumentException($"{text} is not a range of addresses.", nameof(rule)))],
            Listeners = [.. rule.Listeners],
            QoSMax = (QoS?)rule.QoSMax,
            Retain = rule.Retain,
        };
        AclFilter[] filters = [.. rule.Topics.Select(text => AclFilter.TryParse(text, out var filter, out var error) ? filter : throw new ArgumentException(error, nameof(rule)))];
        return new AclRule(rule.Allow is not null, verb.Actions, filters.Length == 0 ? [AclFilter.Everything] : filters, conditions)
        {
            File = verb.Origin.Source,
            Line = verb.Origin.Line,
            Text = rule.ToString(),
            IsOnTrial = rule.ReportOnly,
        };
    }

    private static byte[]? TryReadFile(string path, ConfigurationInput input)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > FileSizeBytesMax })
            {
                input.Error(new ConfigurationOrigin(path), $"The file is larger than {FileSizeBytesMax} bytes.");
                return null;
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            input.Error(new ConfigurationOrigin(path), $"The rules cannot be read: {exception.Message}");
            return null;
        }
    }

    /// <summary>Where something is said about a set; its first rule, for want of better.</summary>
    private static ConfigurationOrigin OriginOf(AclSettings set) =>
        set.Rules.Select(rule => (rule.Allow ?? rule.Deny)?.Origin).FirstOrDefault(origin => origin is not null) ?? new ConfigurationOrigin($"Acl:{(set.Name.Length == 0 ? "Rules" : set.Name)}");
}
