using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>Which events are written: by level, or by Mosquitto's types, and connections on a word of their own.</summary>
internal sealed class LogFilter
{
    private readonly LogTypes _types;
    private readonly bool _hasTypes;
    private readonly bool _hasConnections;
    private readonly LogLevel _minimum;
    private readonly LogLevel _asked;       // below it nothing can be wanted

    internal LogFilter(LogOptions options)
    {
        _types = options.Types.Aggregate(LogTypes.None, (sum, type) => sum | type);
        _hasTypes = options.Types.Count > 0;
        _hasConnections = options.ConnectionMessages;
        _minimum = options.Level;
        _asked = _hasTypes ? LowestOf(_types) : LowestOf(options);
    }

    /// <summary>Something of this level may be wanted.</summary>
    internal bool MayWant(LogLevel level) => level >= _asked && level != LogLevel.None;

    /// <summary>This event is wanted.</summary>
    internal bool Wants(LogLevel level, int eventId)
    {
        var type = TypeOf(level, eventId);
        if (type == LogTypes.Notice && IsConnection(eventId) && level <= LogLevel.Debug)
        {
            return _hasTypes ? _hasConnections && _types.HasFlag(LogTypes.Notice) : _hasConnections || level >= _minimum;
        }

        return _hasTypes ? (_types & type) != 0 : level >= _minimum;
    }

    /// <summary>The level it is written with: connections are not hidden among what is only of use to those who look for a mistake.</summary>
    internal LogLevel LevelOf(LogLevel level, int eventId) =>
        _hasConnections && level == LogLevel.Debug && IsConnection(eventId) ? LogLevel.Information : level;

    private static LogLevel LowestOf(LogOptions options) =>
        options.ConnectionMessages && options.Level > LogLevel.Debug ? LogLevel.Debug : options.Level;

    private static LogLevel LowestOf(LogTypes types)
    {
        const LogTypes AtDebug = LogTypes.Debug | LogTypes.Subscribe | LogTypes.Unsubscribe | LogTypes.Websockets | LogTypes.Notice;
        return types switch
        {
            LogTypes.None => LogLevel.None,
            _ when (types & AtDebug) != 0 => LogLevel.Debug,
            _ when types.HasFlag(LogTypes.Information) => LogLevel.Information,
            _ when types.HasFlag(LogTypes.Warning) => LogLevel.Warning,
            _ => LogLevel.Error,
        };
    }

    /// <summary>Of which kind an event is.</summary>
    internal static LogTypes TypeOf(LogLevel level, int eventId)
    {
        if (level >= LogLevel.Warning)
        {
            return level == LogLevel.Warning ? LogTypes.Warning : LogTypes.Error;
        }

        return (LogEvent)eventId switch
        {
            LogEvent.Subscribed => LogTypes.Subscribe,
            LogEvent.Unsubscribed => LogTypes.Unsubscribe,
            LogEvent.NoSubprotocol or LogEvent.WebSocketRefused => LogTypes.Websockets,
            LogEvent.PublishDenied or LogEvent.SubscribeDenied or LogEvent.AuthenticationRefused => LogTypes.Notice,
            _ when IsConnection(eventId) => LogTypes.Notice,
            _ => level == LogLevel.Information ? LogTypes.Information : LogTypes.Debug,
        };
    }

    private static bool IsConnection(int eventId) => (LogEvent)eventId
        is LogEvent.Accepted or LogEvent.Connected or LogEvent.ConnectedAs or LogEvent.Disconnected or LogEvent.ConnectRefused
        or LogEvent.HandshakeRefused or LogEvent.ConnectTimeout;
}
