using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>The log of a process, as <see cref="LogOptions"/> wants it. Its destinations, formats and filters can be exchanged while it is used.</summary>
public sealed class LogOutput : ILoggerProvider
{
    private const string FilePrefix = "file:";
    private const string SyslogSocket = "/dev/log";

    private readonly Lock _lock = new();
    private readonly TextWriter _stderr;
    private readonly TextWriter _stdout;
    private readonly Lock _publishLock = new();
    private volatile Sinks _sinks;
    private Action<string, string>? _publish;

    private LogOutput(LogOptions options, TextWriter stderr, TextWriter stdout)
    {
        (_stderr, _stdout) = (stderr, stdout);
        _sinks = Open(options);
    }

    /// <summary>Lines lost so far because a destination did not keep up.</summary>
    public long Dropped => _sinks.Writers.Sum(sink => sink.Writer.Dropped);

    /// <summary>Opens the destinations.</summary>
    /// <exception cref="ServerStartException">One of them cannot be opened; the message says which, and why.</exception>
    public static LogOutput Create(LogOptions options) => Create(options, Console.Error, Console.Out);

    /// <summary>The same for tests.</summary>
    internal static LogOutput Create(LogOptions options, TextWriter stderr, TextWriter stdout)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LogOutput(options, stderr, stdout);
    }

    /// <summary>From now on these options hold. What was logged before is written as it was to be.</summary>
    /// <exception cref="ServerStartException">A destination cannot be opened: everything stays as it was.</exception>
    public void Apply(LogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_lock)
        {
            var before = _sinks;
            _sinks = Open(options);
            before.Dispose();
        }
    }

    /// <summary>Opens log files anew, for whoever has renamed them.</summary>
    /// <returns>Null, or why a file cannot be opened; the old one is written on then.</returns>
    public string? Reopen()
    {
        string? error = null;
        lock (_lock)
        {
            foreach (var file in _sinks.Writers.Select(sink => sink.Target).OfType<LogFile>())
            {
                try
                {
                    file.Reopen();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    error = exception.Message;
                }
            }
        }

        return error;
    }

    /// <summary>
    /// Says who publishes the lines for the destination <c>topic</c>; until then, and after null, they are lost. When the call returns, nobody is in the one from
    /// before any more.
    /// </summary>
    /// <param name="publish">Gets the last levels of the topic, e.g. <c>N</c>, and the line. Must not wait, nor log.</param>
    public void PublishTo(Action<string, string>? publish)
    {
        lock (_publishLock)
        {
            _publish = publish;
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        return new OutputLogger(this, categoryName.StartsWith("Microsoft.", StringComparison.Ordinal));
    }

    /// <summary>Writes what is waiting, for at most a second, and closes files.</summary>
    public void Dispose() => _sinks.Dispose();

    private Sinks Open(LogOptions options)
    {
        var writers = new List<Sink>();
        try
        {
            foreach (var destination in options.Destinations.Where(word => word is not "none"))
            {
                writers.Add(OpenSink(destination, options));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            new Sinks(new LogFilter(options), writers).Dispose();
            throw new ServerStartException($"Log:Destinations: {exception.Message}", ServerStartException.InvalidConfiguration);
        }

        return new Sinks(new LogFilter(options), writers);
    }

    private Sink OpenSink(string destination, LogOptions options)
    {
        var format = LineFormat.Create(options);
        return destination switch
        {
            "stderr" => new Sink(format, _stderr, isOurs: false),
            "stdout" => new Sink(format, _stdout, isOurs: false),
            "syslog" => new Sink(new SystemdLines(), new SyslogWriter(SyslogSocket), isOurs: true),
            "topic" => new Sink(new TopicLines(format), new TopicWriter(Publish), isOurs: true),
            _ => new Sink(format, new LogFile(destination[FilePrefix.Length..]), isOurs: true),
        };
    }

    private void Publish(string name, string line)
    {
        lock (_publishLock)
        {
            _publish?.Invoke(name, line);
        }
    }

    private sealed class Sinks(LogFilter filter, IReadOnlyList<Sink> writers) : IDisposable
    {
        internal LogFilter Filter => filter;

        internal IReadOnlyList<Sink> Writers => writers;

        public void Dispose()
        {
            foreach (var sink in writers)
            {
                sink.Writer.Dispose();
                if (sink.IsOurs)
                {
                    sink.Target.Dispose();
                }
            }
        }
    }

    private sealed class Sink(LineFormat format, TextWriter target, bool isOurs)
    {
        internal LineFormat Format => format;

        internal TextWriter Target => target;

        internal bool IsOurs => isOurs;

        internal LogWriter Writer { get; } = new(target);
    }

    private sealed class OutputLogger(LogOutput output, bool isForeign) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => !(isForeign && logLevel < LogLevel.Warning) && output._sinks.Filter.MayWant(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var sinks = output._sinks;
            if (!IsEnabled(logLevel) || !sinks.Filter.Wants(logLevel, eventId.Id))
            {
                return;
            }

            var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            var level = sinks.Filter.LevelOf(logLevel, eventId.Id);
            var record = new LogRecord(DateTimeOffset.UtcNow, level, eventId, formatter(state, exception).ReplaceLineEndings(" "), values, exception);
            foreach (var sink in sinks.Writers)
            {
                if (sink.Format.Write(record) is { } line)
                {
                    sink.Writer.Write(line);
                }
            }
        }
    }
}
