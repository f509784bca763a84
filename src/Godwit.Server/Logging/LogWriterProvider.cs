using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>Turns log records into lines: UTC time, level, message.</summary>
/// <param name="writer">Not disposed here.</param>
/// <param name="minimum">Records below it are dropped before they are formatted.</param>
public sealed class LogWriterProvider(LogWriter writer, LogLevel minimum) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        var isForeign = categoryName.StartsWith("Microsoft.", StringComparison.Ordinal);
        return new LineLogger(writer, isForeign && minimum < LogLevel.Warning ? LogLevel.Warning : minimum);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer belongs to the caller.
    }

    private sealed class LineLogger(LogWriter writer, LogLevel minimum) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var message = formatter(state, exception);
            var line = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {Name(logLevel)} {message}");
            if (exception is not null)
            {
                line += ": " + exception.ToString().ReplaceLineEndings(" | ");
            }

            writer.Write(line);
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };
    }
}
