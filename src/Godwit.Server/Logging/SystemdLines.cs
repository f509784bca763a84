using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>The priority as sd-daemon(3) has it, then the sentence: <c>&lt;6&gt;stopped</c>.</summary>
internal sealed class SystemdLines : LineFormat
{
    internal override string Write(in LogRecord record) => $"<{Priority(record.Level)}>{Sentence(record)}";

    /// <summary>The priority of syslog.</summary>
    internal static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };
}
