using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Reading rules: every mistake is named with its file and line, and nothing of such rules comes into force.</summary>
public sealed class AclLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-acl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, Spec("Hostile-46")]
    [InlineData("""  "Rules": [ { "Topics": ["a"] } ]  """, "rule 1 says neither")]
    [InlineData("""  "Rules": [ { "Allow": "read", "Deny": "all" } ]  """, "godwit.json:1: A rule says either Allow or Deny; rule 1 says both")]
    [InlineData("\n\"Rules\": [\n{ \"Allow\": \"reed\" } ]", "godwit.json:3: Acl:Rules:0:Allow takes")]
    [InlineData("\n\"Rules\": [\n{ \"Allow\": \"read\", \"Topic\": [\"a\"] } ]", "Did you mean Acl:Rules:0:Topics?")]
    [InlineData("""  "Rules": [ { "Allow": [], "Topics": ["a"] } ]  """, "takes at least one of")]
    [InlineData("""  "Rules": [ { "Allow": "read", "Topics": ["a/#/b"] } ]  """, "'a/#/b' is not a Topic Filter")]
    [InlineData("""  "Rules": [ { "Allow": "read", "Topics": [] } ]  """, "is an empty list")]
    [InlineData("""  "Rules": [ { "Allow": "read", "Addresses": ["10.0.0.0/33"] } ]  """, "not '10.0.0.0/33'")]
    [InlineData("""  "Rules": [ { "Allow": "read", "ReportOnly": true } ]  """, "ReportOnly is for a rule that denies")]
    [InlineData("""  "Sets": [ { "Rules": [ { "Allow": "read" } ] } ]  """, "needs a Name")]
    [InlineData("""  "Sets": [ { "Name": "a" }, { "Name": "a" } ]  """, "Two sets of rules have the name a.")]
    [InlineData("""  "File": "/nowhere/acl"  """, "/nowhere/acl")]
    public void A_mistake_is_an_error_with_its_place(string section, string expected)
    {
        var (snapshot, messages) = Load(section);

        Assert.Null(snapshot);
        Assert.Contains(expected, string.Join('\n', messages));
    }

    [Fact]
    public void A_file_of_rules_is_asked_after_the_rules_of_the_configuration()
    {
        var file = Write("acl.json", """
            {
              // devices
              "Rules": [ { "Allow": "publish", "Topics": ["dev/%c/#", "dev/all"] } ]
            }
            """);
        var policy = Native($$"""  "File": "{{file}}", "Rules": [ { "Deny": "publish", "Topics": ["dev/+/secret"] } ]  """);

        Assert.True(policy.Publishes(Who(null, "c1"), "dev/c1/x"));
        Assert.False(policy.Publishes(Who(null, "c1"), "dev/c1/secret"));
        Assert.Equal($"{file}:3: allow publish dev/%c/# dev/all", policy.Asks(Who(null, "c1"), AclActions.Publish, "dev/all").Reason);
    }

    [Fact, Spec("Hostile-46")]
    public void A_file_without_rules_denies_everything_and_one_that_cannot_be_read_or_understood_is_no_rules()
    {
        Assert.False(Native($$"""  "File": "{{Write("none.json", "{ \"Rules\": [] }")}}"  """).Publishes(Who("ada"), "a"));
        Assert.False(Native($$"""  "File": "{{Write("empty", "")}}"  """).Publishes(Who("ada"), "a"));

        Assert.Null(Load($$"""  "File": "{{Write("bad.json", "")}}"  """).Snapshot);
        Assert.Null(Load($$"""  "File": "{{Write("more.json", "{ \"Rules\": [], \"ReportOnly\": true }")}}"  """).Snapshot);
        Assert.Null(Load($$"""  "File": "{{Write("acl", "topics read a")}}"  """).Snapshot);
        var input = new ConfigurationInput();
        Assert.Null(AclLoader.LoadFile(Path.Combine(_folder, "missing"), checkSubscribe: false, input));
        Assert.Contains("missing", Assert.Single(input.Messages).ToString());
    }

    [Fact]
    public void Mosquittos_file_stands_instead_of_rules()
    {
        var file = Write("acl", "user ada\ntopic read a/#\n");

        Assert.True(Native($$"""  "File": "{{file}}"  """).Subscribes(Who("bob"), "x"));
        Assert.False(Native($$"""  "File": "{{file}}", "CheckSubscribe": true  """).Subscribes(Who("bob"), "x"));
        Assert.Contains("stands instead of Rules", string.Join('\n', Load($$"""  "File": "{{file}}", "Rules": [ { "Allow": "all" } ]  """).Messages));
        Assert.Equal($"{file}:2: topic read a/#", Native($$"""  "File": "{{file}}"  """).Asks(Who("ada"), AclActions.Receive, "a/b").Reason);
    }

    [Fact]
    public void A_listener_that_names_rules_that_are_not_there_stops_the_start()
    {
        var options = new ServerOptions();
        options.Listeners.Add(new ListenerOptions { Acl = "gests" });
        options.Acl.Sets.Add(new AclSettings { Name = "guests" });
        var input = new ConfigurationInput();

        AclLoader.Check(options, input);

        Assert.Contains("Did you mean guests?", Assert.Single(input.Messages).Text);
    }

    [Fact]
    public void Thousands_of_rules_are_read()
    {
        var rules = string.Join(",\n", Enumerable.Range(0, 3000).Select(i => $$"""{ "Allow": "all", "Users": ["u{{i}}"], "Topics": ["home/{{i}}/#"] }"""));
        var policy = Native($$"""  "File": "{{Write("many.json", $"{{ \"Rules\": [{rules}] }}")}}"  """);

        Assert.True(policy.Publishes(Who("u2999"), "home/2999/x"));
        Assert.False(policy.Publishes(Who("u2999"), "home/2998/x"));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
