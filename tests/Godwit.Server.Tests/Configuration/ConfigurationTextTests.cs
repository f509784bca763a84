using System.Text.Json.Nodes;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;

namespace Godwit.Server.Tests.Configuration;

/// <summary>What is written about the configuration: a file to begin with, the schema, and what holds.</summary>
public sealed class ConfigurationTextTests : IDisposable
{
    private const string Mark = "    // ";

    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void The_file_to_begin_with_loads_and_is_the_default()
    {
        var loaded = _files.Load(ConfigurationTemplate.Write());

        Assert.Empty(_files.Messages(loaded));
        Assert.True(ConfigurationDifference.Between(_files.Load("{}").Options, loaded.Options).IsEmpty);
    }

    [Fact]
    public void Every_setting_in_it_holds_when_its_comment_marks_are_taken_away()
    {
        var text = string.Join('\n', ConfigurationTemplate.Write().Split('\n').Select(line => IsSetting(line) ? line[Mark.Length..] : line));

        var loaded = _files.Load(text);

        Assert.Empty(_files.Messages(loaded));
        var keys = ConfigurationKeys.All.Count(key => !key.Path.Contains('*') && (key.Default.Length > 0 || key.Type.IsList));
        Assert.Equal(keys, loaded.Origins.Count(origin => !origin.Key.StartsWith("Listeners", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_schema_knows_every_key_and_no_other()
    {
        var schema = JsonNode.Parse(ConfigurationSchema.Write())!;

        foreach (var key in ConfigurationKeys.All)
        {
            var at = schema;
            foreach (var part in key.Path.Split(':'))
            {
                Assert.False(at["additionalProperties"]?.GetValue<bool>() ?? false);
                at = part == "*" ? at["items"]! : at["properties"]![part]!;
            }

            Assert.StartsWith(key.Meaning, at["description"]!.GetValue<string>());
            Assert.True(at["type"] is not null || at["enum"] is not null || at["anyOf"] is not null, key.Path);
        }
    }

    [Fact]
    public void What_holds_is_shown_with_its_origin()
    {
        var loaded = _files.Load("""{ "Limits": { "SessionsMax": 1 }, "Listeners": [ { "Port": 1885 } ] }""", null, "Broker:Shards=3");

        Assert.Equal(["Listeners:0:Port = 1885", "Broker:Shards = 3", "Limits:SessionsMax = 1"], ConfigurationText.Lines(loaded, isWhole: false, hasOrigins: false));
        Assert.Contains(ConfigurationText.Lines(loaded, isWhole: true, hasOrigins: true), line => line.StartsWith("Broker:OverflowPolicy = RefuseNewest  ", StringComparison.Ordinal) && line.EndsWith("  # default", StringComparison.Ordinal));
        Assert.Contains(ConfigurationText.Lines(loaded, isWhole: false, hasOrigins: true), line => line.StartsWith("Limits:SessionsMax = 1  ", StringComparison.Ordinal) && line.EndsWith("godwit.json:1", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_member_of_the_broker_s_options_is_a_key()
    {
        Check(typeof(Broker.BrokerLimits), "Limits");
        Check(typeof(Broker.BrokerSettings), "Broker", "Durability", "Version");
        Check(typeof(Storage.StoreSettings), "Store");
        Check(typeof(Logging.LogOptions), "Log");
        Check(typeof(Listeners.ListenerOptions), "Listeners:*", "Tls");
        Check(typeof(Listeners.TlsOptions), "Listeners:*:Tls", "Sni");
        Assert.Empty(LimitKeys.Superfluous);
        Assert.All(Broker.BrokerLimits.All, limit => Assert.True(LimitKeys.IsKnown(limit.Name), $"{limit.Name} has no row in LimitKeys"));

        static void Check(Type section, string path, params string[] others)
        {
            var missing = section.GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Except(others)
                .Where(name => ConfigurationKeys.Find($"{path.Replace("*", "0", StringComparison.Ordinal)}:{name}", out _) is null);
            Assert.Empty(missing);
        }
    }

    [Fact]
    public void Defaults_are_those_of_the_options()
    {
        var options = new ServerOptions();

        foreach (var limit in Broker.BrokerLimits.All)
        {
            Assert.Equal($"{limit.Default}", ConfigurationKeys.Find($"Limits:{limit.Name}", out _)!.Default);
        }

        Assert.Equal($"{options.Settings.SysIntervalSeconds}", ConfigurationKeys.Find("Broker:SysIntervalSeconds", out _)!.Default);
    }

    public void Dispose() => _files.Dispose();

    private static bool IsSetting(string line) =>
        line.StartsWith(Mark, StringComparison.Ordinal) && line[Mark.Length..].TrimStart() is ['"' or '}', ..] && !line.Contains($"\"{ConfigurationTemplate.NoDefault}\"", StringComparison.Ordinal);
}
