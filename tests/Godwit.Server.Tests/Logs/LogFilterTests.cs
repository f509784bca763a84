using Godwit.Broker.Shards;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Logs;

public sealed class LogFilterTests
{
    private const string Error = "error", Warning = "warning", Denied = "denied", Information = "information", Subscription = "subscription", Connection = "connection", Debug = "debug", Unsubscription = "unsubscription", WebSocket = "websocket";

    [Theory]
    [InlineData("", new[] { Error, Warning, Denied, Information })]
    [InlineData("Level=debug", new[] { Error, Warning, Denied, Information, Subscription, Unsubscription, WebSocket, Connection, Debug })]
    [InlineData("Level=warn", new[] { Error, Warning })]
    [InlineData("Level=warn ConnectionMessages=true", new[] { Error, Warning, Connection })]
    [InlineData("ConnectionMessages=true", new[] { Error, Warning, Denied, Information, Connection })]
    [InlineData("Types=none", new string[0])]
    [InlineData("Types=none ConnectionMessages=true", new string[0])]
    [InlineData("Types=all", new[] { Error, Warning, Denied, Information, Subscription, Unsubscription, WebSocket, Debug })]
    [InlineData("Types=all ConnectionMessages=true", new[] { Error, Warning, Denied, Information, Subscription, Unsubscription, WebSocket, Connection, Debug })]
    [InlineData("Types=error,warning,notice,information ConnectionMessages=true", new[] { Error, Warning, Denied, Information, Connection })]
    [InlineData("Types=subscribe", new[] { Subscription })]
    [InlineData("Types=unsubscribe", new[] { Unsubscription })]
    [InlineData("Types=websockets", new[] { WebSocket })]
    [InlineData("Types=error,subscribe", new[] { Error, Subscription })]
    [InlineData("Types=notice", new[] { Denied })]
    [InlineData("Types=debug", new[] { Debug })]
    [InlineData("Types=", new[] { Error, Warning, Denied, Information })]
    public void Only_what_is_wanted_is_written(string settings, string[] expected)
    {
        var lines = LogLines.Of([.. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries), "Timestamp=false"], WriteOneOfEach);

        Assert.Equal(expected, lines.Select(line => line.Split('"', ':')[0][6..].Trim()).Select(Kind));
    }

    [Fact]
    public void A_logger_of_the_framework_tells_warnings_only()
    {
        using var output = LogOutput.Create(LogLines.Options("Level=trace"), TextWriter.Null, TextWriter.Null);

        Assert.False(output.CreateLogger("Microsoft.AspNetCore").IsEnabled(LogLevel.Information));
        Assert.True(output.CreateLogger("Microsoft.AspNetCore").IsEnabled(LogLevel.Warning));
        Assert.True(output.CreateLogger("Godwit").IsEnabled(LogLevel.Trace));
    }

    [Fact]
    public void What_is_not_shown_is_not_made()
    {
        using var output = LogOutput.Create(new LogOptions(), TextWriter.Null, TextWriter.Null);
        var log = new ConnectionLog(output.CreateLogger("Godwit"));

        Assert.False(log.IsOn);
        output.Apply(LogLines.Options("ConnectionMessages=true"));
        Assert.True(log.IsOn);
    }

    private static void WriteOneOfEach(ILogger logger)
    {
        ServerLog.StateDamaged(logger, "d", "x");
        ServerLog.StopTimeout(logger);
        ServerLog.SubscribeDenied(logger, "a", "c", "", "x", "rule");
        ServerLog.Stopped(logger);
        ServerLog.Subscribed(logger, "c", "a", "granted QoS 0");
        ServerLog.Unsubscribed(logger, "c", "a", "0x00 Success");
        ListenerLog.WebSocketRefused(logger, "1", "2", 404, "no");
        ServerLog.Disconnected(logger, "c", "x", "gone", CloseReason.ConnectionLost);
        ServerLog.HalfOpenRefused(logger, "x", 1);
    }

    private static string Kind(string beginning) => beginning switch
    {
        "state of d was damaged" => Error,
        "a shard did not stop in time" => Warning,
        "denied subscribe to" => Denied,
        "stopped" => Information,
        "subscribe" => Subscription,
        "disconnect" => Connection,
        "unsubscribe" => Unsubscription,
        "closed 1 on 2" => WebSocket,
        "closed x" => Debug,
        _ => beginning,
    };
}
