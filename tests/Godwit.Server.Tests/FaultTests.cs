using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests;

/// <summary>Faults are injected through the log, which is called from inside the handlers.</summary>
public sealed class FaultTests
{
    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task A_fault_in_the_handler_of_one_connection_closes_that_connection_only(TransportKind transport)
    {
        using var loggers = new FaultyLoggers("subscribe \"unlucky\"");
        await using var server = await TestServer.StartAsync(transport, options => options.Shards = 1, loggers);
        using var watcher = await (await server.ConnectAsync("watcher")).SubscribeAsync("status");
        using var unlucky = await server.ConnectAsync("unlucky", willTopic: "status");

        await unlucky.SendAsync(Bytes.Subscribe("a"));

        Assert.Equal("status gone", (await watcher.ReceiveAsync()).Text());
        Assert.Equal(ConnectionEnd.Closed, await unlucky.ReceiveEndAsync());
        Assert.False(server.Server.Broken.IsCompleted);
        Assert.Contains(loggers.Lines, line => line.StartsWith("fault while handling \"unlucky\"", StringComparison.Ordinal));
        await watcher.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await watcher.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_fault_in_a_handshake_closes_that_connection_only(TransportKind transport)
    {
        using var loggers = new FaultyLoggers("refused CONNECT");
        await using var server = await TestServer.StartAsync(transport, loggers: loggers);
        using var unlucky = await server.OpenAsync();
        var connect = Bytes.Connect("future");
        connect[8] = 6;

        await unlucky.SendAsync(connect);

        Assert.Equal(ConnectionEnd.Closed, await unlucky.ReceiveEndAsync());
        using var lucky = await server.ConnectAsync("lucky");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_fault_of_the_shard_itself_is_reported_and_nothing_more_is_delivered(TransportKind transport)
    {
        using var loggers = new FaultyLoggers("disconnect \"slow\"");
        await using var server = await TestServer.StartAsync(transport, options => options.Shards = 1, loggers);
        using var client = await server.ConnectAsync("slow", keepAliveSeconds: 1);

        await Eventually.EndsAsync(server.Server.Broken);   // the timer of the keep-alive belongs to no handler of a connection

        Assert.Contains(loggers.Lines, line => line.StartsWith("a shard or listener failed", StringComparison.Ordinal));
    }

    private sealed class FaultyLoggers(string trigger) : ILoggerFactory, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ? NullLogger.Instance : this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception);
            lock (_lines)
            {
                _lines.Add(line);
            }

            if (line.StartsWith(trigger, StringComparison.Ordinal))
            {
                throw new InvalidOperationException("injected");
            }
        }

        public void AddProvider(ILoggerProvider provider)
        {
            // Only the lines above matter.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
