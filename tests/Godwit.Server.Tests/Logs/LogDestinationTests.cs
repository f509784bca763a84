using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;

namespace Godwit.Server.Tests.Logs;

public sealed class LogDestinationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("godwit-log-");

    private string LogPath => Path.Combine(_folder.FullName, "godwit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_appended_to_and_not_open_to_everybody()
    {
        File.WriteAllText(LogPath, "before\n");
        File.Delete(LogPath);
        for (var i = 0; i < 2; i++)
        {
            using var output = LogOutput.Create(LogLines.Options($"Destinations=file:{LogPath}", "Timestamp=false"));
            ServerLog.Stopped(output.CreateLogger("Godwit"));
        }

        Assert.Equal(["info  stopped", "info  stopped"], File.ReadAllLines(LogPath));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(LogPath) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
        }
    }

    [Fact]
    public void A_file_that_was_renamed_is_opened_anew_on_request()
    {
        using (var output = LogOutput.Create(LogLines.Options($"Destinations=file:{LogPath}", "Timestamp=false")))
        {
            var logger = output.CreateLogger("Godwit");
            ServerLog.Stopping(logger, "one");
            Wait(LogPath, "one");
            File.Move(LogPath, LogPath + ".1");
            ServerLog.Stopping(logger, "two");
            Wait(LogPath + ".1", "two");

            Assert.Null(output.Reopen());

            ServerLog.Stopping(logger, "three");
        }

        Assert.Equal(["info  stopping: one", "info  stopping: two"], File.ReadAllLines(LogPath + ".1"));
        Assert.Equal(["info  stopping: three"], File.ReadAllLines(LogPath));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_anew_is_written_on()
    {
        var folder = _folder.CreateSubdirectory("sub");
        var path = Path.Combine(folder.FullName, "godwit.log");
        using (var output = LogOutput.Create(LogLines.Options($"Destinations=file:{path}", "Timestamp=false")))
        {
            folder.MoveTo(Path.Combine(_folder.FullName, "moved"));

            Assert.Contains(path, output.Reopen());

            ServerLog.Stopped(output.CreateLogger("Godwit"));
        }

        Assert.Equal(["info  stopped"], File.ReadAllLines(Path.Combine(_folder.FullName, "moved", "godwit.log")));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_stops_the_start_with_its_name()
    {
        var path = Path.Combine(_folder.FullName, "no", "godwit.log");

        var exception = Assert.Throws<ServerStartException>(() => LogOutput.Create(LogLines.Options($"Destinations=file:{path}")));

        Assert.Contains(path, exception.Message);
        Assert.Equal(ServerStartException.InvalidConfiguration, exception.ExitCode);
    }

    [Fact]
    public void New_options_are_taken_whole_or_not_at_all()
    {
        var target = new StringWriter { NewLine = "\n" };
        using (var output = LogOutput.Create(LogLines.Options("Timestamp=false"), target, TextWriter.Null))
        {
            var logger = output.CreateLogger("Godwit");
            Assert.Throws<ServerStartException>(() => output.Apply(LogLines.Options("Format=json", "Destinations=file:/proc/no/log")));
            ServerLog.Stopped(logger);
            output.Apply(LogLines.Options("Format=systemd", $"Destinations=file:{LogPath},stderr"));
            ServerLog.Stopped(logger);
        }

        Assert.Equal("info  stopped\n<6>stopped\n", target.ToString());
        Assert.Equal(["<6>stopped"], File.ReadAllLines(LogPath));
    }

    [Fact]
    public void Lines_for_topics_go_to_whoever_publishes_them_but_not_those_that_would_go_round_in_circles()
    {
        var published = new List<string>();
        using (var output = LogOutput.Create(LogLines.Options("Destinations=topic", "Format=mosquitto", "Types=all", "Timestamp=false", "ConnectionMessages=true")))
        {
            var logger = output.CreateLogger("Godwit");
            output.PublishTo((name, line) => published.Add($"{name}: {line}"));
            ServerLog.StateDamaged(logger, "d", "x");
            ServerLog.StopTimeout(logger);
            ServerLog.Connected(logger, "c", "1.2.3.4:5", "3.1.1", 60, "yes", "new");
            ServerLog.Subscribed(logger, "c", "a/b", "granted QoS 1");
            ServerLog.Unsubscribed(logger, "c", "a/b", "0x00 Success");
            ListenerLog.NoSubprotocol(logger, "1.2.3.4:5", "here");
            ServerLog.HalfOpenRefused(logger, "x", 1);
            ServerLog.Drops(logger, "ReceiveQuota 3");
            ServerLog.Counters(logger, "many");
            ServerLog.Stopped(logger);
        }

        Assert.Equal(
            [
                "E: state of d was damaged: x", "W: a shard did not stop in time", "N: New client connected from 1.2.3.4:5 as c (p2, c1, k60).", "M/subscribe: c 1 a/b",
                "M/unsubscribe: c a/b", "WS: 1.2.3.4:5 on here offers no subprotocol of MQTT", "I: stopped",
            ],
            published);
    }

    [Fact]
    public void What_nobody_publishes_is_lost()
    {
        var published = new List<string>();
        using (var output = LogOutput.Create(LogLines.Options("Destinations=topic")))
        {
            output.PublishTo((_, line) => published.Add(line));
            output.PublishTo(null);
            ServerLog.Stopped(output.CreateLogger("Godwit"));
        }

        Assert.Empty(published);
    }

    private static void Wait(string path, string text)
    {
        var read = () => { using var reader = new StreamReader(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete }); return reader.ReadToEnd(); };
        Assert.True(SpinWait.SpinUntil(() => read().Contains(text, StringComparison.Ordinal), 3000), $"{path} did not get '{text}' within 3 s");
    }
}
