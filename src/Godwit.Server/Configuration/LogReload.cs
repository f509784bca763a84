using Godwit.Server.Hosting;
using Godwit.Server.Logging;

namespace Godwit.Server.Configuration;

/// <summary>The log takes over its section.</summary>
/// <param name="log">Of the process.</param>
/// <param name="running">The options it runs with; the section is read when a step is made.</param>
public sealed class LogReload(LogOutput log, LogOptions running) : IReloadPart
{
    /// <inheritdoc/>
    public string Name => "the log";

    /// <inheritdoc/>
    public IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(difference);
        return difference.Changes.Any(change => change.Path.StartsWith("Log:", StringComparison.Ordinal)) ? new Step(log, Before(), next.Log) : null;
    }

    /// <summary>A copy: the options themselves are written to by a later step.</summary>
    private LogOptions Before() => new()
    {
        Format = running.Format,
        Destinations = running.Destinations,
        Level = running.Level,
        Types = running.Types,
        ConnectionMessages = running.ConnectionMessages,
        Timestamp = running.Timestamp,
        TimestampFormat = running.TimestampFormat,
    };

    private sealed class Step(LogOutput log, LogOptions before, LogOptions next) : IReloadStep
    {
        public void Apply() => log.Apply(next);

        public void Undo()
        {
            try
            {
                log.Apply(before);
            }
            catch (ServerStartException)
            {
                // The destination that was open a moment ago cannot be opened any more: the next one is written on.
            }
        }

        public void Dispose()
        {
        }
    }
}
