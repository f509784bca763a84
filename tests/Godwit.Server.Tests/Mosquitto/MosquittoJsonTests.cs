using Godwit.Server.Configuration;
using Godwit.Server.Mosquitto;

namespace Godwit.Server.Tests.Mosquitto;

/// <summary>What <c>godwit import mosquitto</c> writes means the same as the file that it was made from.</summary>
public sealed class MosquittoJsonTests
{
    [Fact]
    public void What_is_written_loads_and_means_the_same()
    {
        using var conf = MosquittoConf.With(
            directory =>
            {
                foreach (var name in new[] { "passwd", "acl", "other" })
                {
                    File.WriteAllText(Path.Combine(directory, name), "");
                }
            },
            "per_listener_settings true", "persistence true", "persistence_location @", "max_queued_messages 50", "persistent_client_expiration 2w", "log_type all",
            "log_dest file @/a \"b\".log", "listener 1883 127.0.0.1", "allow_anonymous true", "acl_file @/acl", "listener 1884 127.0.0.1", "password_file @/passwd", "acl_file @/other",
            "mount_point site/", "listener 0 @/s.sock");
        var json = Path.ChangeExtension(conf.MainFile, ".json");
        File.WriteAllText(json, MosquittoJson.Write(conf.Input, conf.MainFile));

        var (was, now) = (ConfigurationLoader.Load([conf.Source]), ConfigurationLoader.Load([new JsonSource(json)]));

        Assert.Empty(was.Messages.Where(message => message.IsError).Select(message => message.ToString()));
        Assert.Empty(now.Messages.Where(message => message.IsError).Select(message => message.ToString()));
        Assert.Equal(Values(was), Values(now));
    }

    [Fact]
    public void Behind_each_value_stands_the_line_that_it_comes_from()
    {
        using var conf = MosquittoConf.Of("sys_interval 30", "retain_available false");

        var text = MosquittoJson.Write(conf.Input, "mosquitto.conf");

        Assert.Contains($"\"SysIntervalSeconds\": 30,  // {conf.MainFile}:1\n", text, StringComparison.Ordinal);
        Assert.Contains($"\"RetainAvailable\": false  // {conf.MainFile}:2\n", text, StringComparison.Ordinal);
        Assert.Contains("\"InFlightMax\": 20,  // Mosquitto's default\n", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Values(LoadedConfiguration loaded) => ConfigurationText.Lines(loaded, isWhole: true, hasOrigins: false);
}
