namespace Godwit.Server.Tests.Mosquitto;

/// <summary>Mosquitto's defaults hold for who comes with a <c>mosquitto.conf</c>, and its words keep their meaning.</summary>
public sealed class MosquittoDefaultsTests
{
    [Fact]
    public void An_empty_file_has_Mosquittos_defaults()
    {
        using var conf = MosquittoConf.Of("");

        Assert.Equal("20", conf["Limits:InFlightMax"]);
        Assert.Equal("1020", conf["Limits:QueueMessagesMax"]);
        Assert.Equal("1000", conf["Limits:AwayQueueMessagesMax"]);
        Assert.Equal("268435456", conf["Limits:QueueBytesMax"]);
        Assert.Equal("2000000", conf["Limits:PacketSizeBytesMax"]);
        Assert.Equal("10", conf["Limits:TopicAliasMaximum"]);
        Assert.Equal("memory", conf["Store:Durability"]);
        Assert.Equal("mosquitto", conf["Log:Format"]);
        Assert.Equal("error;warning;notice;information", conf["Log:Types"]);
        Assert.Equal("Mosquitto's default", conf.Assignment("Limits:InFlightMax")!.Origin.Source);
        Assert.Single(conf.Warnings, warning => warning.Contains("nothing survives a restart", StringComparison.Ordinal));
    }

    [Fact]
    public void Persistence_means_that_the_disk_has_what_is_acknowledged()
    {
        using var conf = MosquittoConf.Of("persistence true", "persistence_location /var/lib/mosquitto/", "autosave_interval 60");

        Assert.Equal(("sync", "/var/lib/mosquitto/godwit"), (conf["Store:Durability"], conf["Store:Directory"]));
        Assert.Equal(["3: autosave_interval has no effect. Everything is on the disk when it is acknowledged."], conf.Warnings);
    }

    [Fact]
    public void A_database_that_is_left_behind_is_spoken_of_until_there_is_a_store()
    {
        static void Database(string directory) => File.WriteAllText(Path.Combine(directory, "m.db"), "");
        string[] lines = ["persistence true", "persistence_location @/", "persistence_file m.db"];
        using var before = MosquittoConf.With(Database, lines);
        using var after = MosquittoConf.With(directory => { Database(directory); Directory.CreateDirectory(Path.Combine(directory, "godwit")); }, lines);

        Assert.Single(before.Warnings, warning => warning.StartsWith("2: ", StringComparison.Ordinal) && warning.Contains("godwit import mosquitto --database", StringComparison.Ordinal));
        Assert.DoesNotContain(after.Warnings, warning => warning.StartsWith("2: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2h", 7200)]
    [InlineData("14d", 1_209_600)]
    [InlineData("2w", 1_209_600)]
    [InlineData("2m", 5_184_000)]
    [InlineData("1y", 31_536_000)]
    [InlineData("999y", int.MaxValue)]
    public void A_session_expires_when_Mosquitto_says_so(string duration, int seconds)
    {
        using var conf = MosquittoConf.Of($"persistent_client_expiration {duration}");

        Assert.Equal($"{seconds}", conf["Broker:SessionExpirySeconds3x"]);
        Assert.Equal($"{seconds}", conf["Broker:SessionExpirySecondsMax"]);
    }

    [Theory]
    [InlineData("0", "0", "65535", "0")]
    [InlineData("5", "100", "5", "105")]
    [InlineData("65535", "1", "65535", "65536")]
    public void What_is_in_flight_does_not_count_while_a_client_is_connected(string inFlight, string queued, string inFlightMax, string queueMax)
    {
        using var conf = MosquittoConf.Of($"max_inflight_messages {inFlight}", $"max_queued_messages {queued}");

        Assert.Equal((inFlightMax, queueMax, queued), (conf["Limits:InFlightMax"], conf["Limits:QueueMessagesMax"], conf["Limits:AwayQueueMessagesMax"]));
    }

    [Fact]
    public void The_smaller_of_the_two_size_limits_holds()
    {
        using var conf = MosquittoConf.Of("message_size_limit 1000", "max_packet_size 500000");
        using var other = MosquittoConf.Of("message_size_limit 1000000", "max_packet_size 500000");

        Assert.Equal("132088", conf["Limits:PacketSizeBytesMax"]);
        Assert.Equal("500000", other["Limits:PacketSizeBytesMax"]);
    }

    [Fact]
    public void The_log_goes_where_it_went()
    {
        using var conf = MosquittoConf.Of("log_dest stderr", "log_dest none", "log_dest file /var/log/m q.log", "log_dest stdout", "log_dest topic", "log_dest dlt", "log_type none", "log_type error", "log_type error", "log_type subscribe", "connection_messages false", "log_timestamp_format %H:%M");

        Assert.Equal("file:/var/log/m q.log;stdout;topic", conf["Log:Destinations"]);
        Assert.Equal("error;subscribe", conf["Log:Types"]);
        Assert.Equal(("false", "%H:%M"), (conf["Log:ConnectionMessages"], conf["Log:TimestampFormat"]));
        Assert.Contains("6: log_dest dlt has no effect: the log goes to files, syslog, topics, stdout and stderr only.", conf.Warnings);
    }

    [Fact]
    public void Names_are_given_by_all_listeners_or_by_each_in_its_own_way()
    {
        using var all = MosquittoConf.Of("listener 1883", "allow_zero_length_clientid false", "auto_id_prefix a-", "listener 1884", "listener_auto_id_prefix b-");
        using var each = MosquittoConf.Of("per_listener_settings true", "listener 1883", "allow_zero_length_clientid false", "listener 1884", "auto_id_prefix a-", "listener_auto_id_prefix b-", "listener 1885", "auto_id_prefix c-");

        Assert.Equal(("false", "a-", null, "b-"), (all["Broker:AllowEmptyClientId"], all["Broker:AssignedClientIdPrefix"], all["Listeners:0:AssignedClientIdPrefix"], all["Listeners:1:AssignedClientIdPrefix"]));
        Assert.Equal((null, null), (each["Broker:AllowEmptyClientId"], each["Broker:AssignedClientIdPrefix"]));
        Assert.Equal(("false", null), (each["Listeners:0:AllowEmptyClientId"], each["Listeners:1:AllowEmptyClientId"]));
        Assert.Equal(("b-", "c-"), (each["Listeners:1:AssignedClientIdPrefix"], each["Listeners:2:AssignedClientIdPrefix"]));
    }

    [Fact]
    public void No_log_is_no_log()
    {
        using var conf = MosquittoConf.Of("log_dest none", "log_type none");

        Assert.Equal(("none", "none"), (conf["Log:Destinations"], conf["Log:Types"]));
    }

    [Fact]
    public void A_number_without_a_limit_stays_without_one()
    {
        using var conf = MosquittoConf.Of("max_connections -1", "max_keepalive 65535", "global_max_connections -1", "max_queued_bytes 0");

        Assert.Equal(("0", "0", "0"), (conf["Listeners:0:ConnectionsMax"], conf["Limits:KeepAliveSecondsMax"], conf["Limits:ConnectionsMax"]));
    }

    [Fact]
    public void Topic_aliases_are_as_many_as_the_most_generous_listener_has()
    {
        using var conf = MosquittoConf.Of("listener 1883", "max_topic_alias 5", "listener 1884");
        using var other = MosquittoConf.Of("listener 1883", "max_topic_alias 0");

        Assert.Equal("10", conf["Limits:TopicAliasMaximum"]);
        Assert.Equal("0", other["Limits:TopicAliasMaximum"]);
    }
}
