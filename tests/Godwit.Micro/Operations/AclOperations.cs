using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Configuration;
using Godwit.Server.Security.Acl;

namespace Godwit.Micro.Operations;

/// <summary>Decisions about rights, as they are made before every delivery: rules of one user among those of many, and some for everybody.</summary>
public class AclOperations
{
    private readonly byte[] _own = "home/7/lamp/state"u8.ToArray();
    private readonly byte[] _denied = "secret/7"u8.ToArray();
    private readonly byte[] _device = "devices/sensor-7/temperature"u8.ToArray();
    private readonly byte[] _nobody = "elsewhere/7/x"u8.ToArray();
    private readonly Identity _identity = new() { UserName = "user7", Address = IPAddress.Parse("10.1.2.3"), Groups = ["sensors", "lamps"] };
    private readonly Identity _withRights = new() { UserName = "user7", Rights = TopicRights.TryCreate([], ["home/+/lamp/#"], out var rights, out _) ? rights : null };
    private AclPolicy _policy = null!;

    /// <summary>How many users have rules.</summary>
    [Params(10, 10_000)]
    public int Users { get; set; } = 10;

    [GlobalSetup]
    public void Setup()
    {
        var settings = new AclSettings();
        settings.Rules.Add(Rule(AclActions.None, AclActions.All, "secret/#"));
        settings.Rules.Add(Rule(AclActions.All, AclActions.None, "devices/%c/+"));
        settings.Rules.Add(new AclRuleSettings { Allow = Verb(AclActions.Read), Topics = ["plant/#"], Groups = ["lamps"], Addresses = ["10.0.0.0/8"] });
        for (var i = 0; i < Users; i++)
        {
            var rule = Rule(AclActions.All, AclActions.None, string.Create(CultureInfo.InvariantCulture, $"home/{i}/#"));
            rule.Users = [string.Create(CultureInfo.InvariantCulture, $"user{i}")];
            settings.Rules.Add(rule);
        }

        _policy = new AclPolicy(AclLoader.Load(settings, new ConfigurationInput()) ?? throw new InvalidOperationException("The rules are wrong."));
    }

    [Benchmark(Description = "receive, a rule of the user")]
    public int Own() => May(_own, _identity);

    [Benchmark(Description = "receive, denied for everybody")]
    public int Denied() => May(_denied, _identity);

    [Benchmark(Description = "receive, a rule with %c")]
    public int Device() => May(_device, _identity);

    [Benchmark(Description = "receive, no rule")]
    public int Nobody() => May(_nobody, _identity);

    [Benchmark(Description = "receive, a group and an address")]
    public int Group() => May("plant/7"u8, _identity);

    [Benchmark(Description = "receive, a topic of the login")]
    public int Login() => May(_own, _withRights);

    private static AclRuleSettings Rule(AclActions allow, AclActions deny, string topic) => new()
    {
        Allow = allow == AclActions.None ? null : Verb(allow),
        Deny = deny == AclActions.None ? null : Verb(deny),
        Topics = [topic],
    };

    private static AclVerb Verb(AclActions actions) => new(actions, ConfigurationOrigin.Default);

    private int May(ReadOnlySpan<byte> topic, Identity identity) =>
        _policy.MayReceive(new Subject("sensor-7", identity), topic, QoS.AtLeastOnce, retain: false) ? 1 : 0;
}
