using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>Lines about the process around the broker.</summary>
public static partial class ProcessLog
{
    /// <summary>A log file cannot be opened anew.</summary>
    [LoggerMessage(45, LogLevel.Error, "the log file cannot be opened anew, and the old one is written on: {Reason}")]
    public static partial void CannotReopen(ILogger logger, string reason);

    /// <summary>The process id cannot be written.</summary>
    [LoggerMessage(47, LogLevel.Warning, "the process id cannot be written to {Path}: {Reason}")]
    public static partial void NoPidFile(ILogger logger, string path, string reason);
}
