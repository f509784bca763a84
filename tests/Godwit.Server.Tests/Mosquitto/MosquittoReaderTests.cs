using Godwit.Server.Mosquitto;

namespace Godwit.Server.Tests.Mosquitto;

/// <summary>The syntax, as Debian's mosquitto 2.0.11 reads it.</summary>
public sealed class MosquittoReaderTests
{
    [Fact]
    public void Comments_empty_lines_spaces_and_carriage_returns_mean_nothing()
    {
        using var conf = MosquittoConf.Of("# comment", "", "   ", "  sys_interval   30  ", "queue_qos0_messages true # comment\r", "max_qos 1\r");

        Assert.Empty(conf.Errors);
        Assert.Equal("30", conf["Broker:SysIntervalSeconds"]);
        Assert.Equal("true", conf["Broker:QueueQoS0Messages"]);
        Assert.Equal("1", conf["Listeners:0:MaximumQoS"]);
    }

    [Fact]
    public void An_unknown_option_is_an_error_with_its_line_and_the_nearest_name()
    {
        using var conf = MosquittoConf.Of("listener 1883", "alow_anonymous true");

        Assert.Equal(["2: alow_anonymous is not an option of Mosquitto. Did you mean allow_anonymous?"], conf.Errors);
    }

    [Fact]
    public void All_errors_are_found_at_once()
    {
        using var conf = MosquittoConf.Of("persistence yes", "bogus", "listener 70000", "max_packet_size 5", "max_inflight_messages 20x");

        Assert.Equal([1, 2, 3, 4, 5], conf.Input.Messages.Where(message => message.IsError).Select(message => message.Origin.Line));
    }

    [Theory]
    [InlineData("allow_anonymous", "allow_anonymous needs a value, true or false.")]
    [InlineData("allow_anonymous TRUE", "allow_anonymous is true or false, in small letters, not 'TRUE'.")]
    [InlineData("max_qos 3", "max_qos is a number from 0 to 2, not 3.")]
    [InlineData("max_queued_messages 10k", "max_queued_messages is a whole number without a unit, not '10k'.")]
    [InlineData("protocol ws", "protocol is one of mqtt, websockets, http_api, quic, not 'ws'.")]
    [InlineData("tls_version tlsv1", "tls_version is one of tlsv1.3, tlsv1.2, tlsv1.1, not 'tlsv1'.")]
    [InlineData("log_type verbose", "log_type is one of debug, error, warning, notice, information, subscribe, unsubscribe, websockets, internal, none, all, not 'verbose'.")]
    [InlineData("log_dest printer", "log_dest is one of stdout, stderr, syslog, file PATH, topic, dlt, none, not 'printer'.")]
    [InlineData("persistent_client_expiration 2x", "persistent_client_expiration is a number and one of h, d, w, m, y, e.g. 14d, not '2x'.")]
    [InlineData("plugin_opt_x 1", "plugin_opt_x needs a line plugin above it.")]
    [InlineData("address example.org", "address needs a line connection above it.")]
    [InlineData("include_dir /nowhere", "include_dir /nowhere cannot be read: Could not find a part of the path '/nowhere'.")]
    public void A_wrong_value_is_an_error_that_says_what_is_right(string line, string error)
    {
        using var conf = MosquittoConf.Of(line);

        Assert.Equal([$"1: {error}"], conf.Errors);
    }

    [Fact]
    public void A_text_that_stands_twice_is_an_error_and_of_a_switch_the_last_holds()
    {
        using var conf = MosquittoConf.Of("persistence_location /a", "persistence_location /b", "retain_available false", "retain_available true");

        Assert.Equal([$"2: persistence_location stands twice; the first is {conf.MainFile}:1."], conf.Errors);
        Assert.Equal("true", conf["Broker:RetainAvailable"]);
    }

    [Fact]
    public void A_text_goes_to_the_end_of_the_line_and_a_number_ends_at_the_space()
    {
        using var conf = MosquittoConf.Of("persistence_location /with space # x", "sys_interval 30 40");

        Assert.Equal("/with space # x/godwit", conf["Store:Directory"]);
        Assert.Equal("30", conf["Broker:SysIntervalSeconds"]);
        Assert.Contains("1: The value of persistence_location goes to the end of the line: the '#' is a part of it, and not a comment.", conf.Warnings);
        Assert.Contains("2: Only the first word behind sys_interval counts; '40' has no effect, in Mosquitto neither.", conf.Warnings);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_an_error_with_their_line()
    {
        using var conf = MosquittoConf.With(directory => File.WriteAllBytes(Path.Combine(directory, "x.conf"), [(byte)'#', 10, 0xC3, 0x28]), "include_dir @");

        Assert.Contains("2: The line is not UTF-8.", conf.Errors);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error()
    {
        var source = new MosquittoSource("/nowhere/mosquitto.conf");

        var message = Assert.Single(source.Read().Messages, message => message.IsError);

        Assert.Equal("/nowhere/mosquitto.conf", message.Origin.Source);
    }

    [Fact]
    public void Included_files_are_read_A_before_a_before_B_and_begin_outside_of_any_listener()
    {
        using var conf = MosquittoConf.With(
            directory =>
            {
                var folder = Directory.CreateDirectory(Path.Combine(directory, "d")).FullName;
                foreach (var name in new[] { "b", "A", "01", "a", "B", "00" })
                {
                    File.WriteAllText(Path.Combine(folder, name + ".conf"), $"log_type {(name.Length == 1 ? "debug" : "none")}\n");
                }

                File.WriteAllText(Path.Combine(folder, "c.conf"), "listener 1885\nmax_qos 1\n");
                File.WriteAllText(Path.Combine(folder, "readme.txt"), "nonsense\n");
                File.WriteAllText(Path.Combine(folder, ".conf"), "nonsense\n");
            },
            "listener 1884",
            "include_dir @/d",
            "max_qos 0");

        Assert.Empty(conf.Errors);
        Assert.Equal(["mosquitto.conf", "d", "00.conf", "01.conf", "A.conf", "a.conf", "B.conf", "b.conf", "c.conf"], conf.Source.Files.Select(Path.GetFileName));
        Assert.Equal(("1884", "0"), (conf["Listeners:0:Port"], conf["Listeners:0:MaximumQoS"]));
        Assert.Equal(("1885", "1"), (conf["Listeners:1:Port"], conf["Listeners:1:MaximumQoS"]));
        Assert.EndsWith("/d/c.conf", conf.Assignment("Listeners:1:Port")!.Origin.Source);
    }

    [Fact]
    public void An_included_file_cannot_include_another()
    {
        using var conf = MosquittoConf.With(directory => File.WriteAllText(Path.Combine(directory, "x.conf"), $"include_dir {directory}\n"), "include_dir @");

        Assert.Contains("1: include_dir has no effect in a file that is included itself, in Mosquitto neither.", conf.Warnings);
    }
}
