using Microsoft.Extensions.Logging;

namespace Godwit.Server.Protection;

/// <summary>What the log tells of the broker's protection.</summary>
internal static partial class ProtectionLog
{
    [LoggerMessage(300, LogLevel.Information, "{Verb} CONNECT of \"{ClientId}\" as user \"{UserName}\" from {Address}: {Reason}")]
    internal static partial void Refused(ILogger logger, string verb, string clientId, string userName, string address, string reason);

    [LoggerMessage(301, LogLevel.Warning, "memory is scarce: {UsedBytes} of {LimitBytes} bytes are in use; the largest publishers are hardly read, and no new session begins")]
    internal static partial void MemoryHigh(ILogger logger, long usedBytes, long limitBytes);

    [LoggerMessage(302, LogLevel.Error, "memory is very scarce: {UsedBytes} of {LimitBytes} bytes are in use; nobody is let in, and QoS 0 is dropped")]
    internal static partial void MemoryCritical(ILogger logger, long usedBytes, long limitBytes);

    [LoggerMessage(303, LogLevel.Information, "memory: {UsedBytes} of {LimitBytes} bytes are in use; all clients are served again")]
    internal static partial void MemoryNormal(ILogger logger, long usedBytes, long limitBytes);

    [LoggerMessage(304, LogLevel.Information, "protection in the last minute: {Decisions}")]
    internal static partial void Decisions(ILogger logger, string decisions);

    [LoggerMessage(305, LogLevel.Warning, "\"{ClientId}\" from {Address} has connected {Connects} times within {Seconds} s, and is banned for {BanSeconds} s")]
    internal static partial void Flapping(ILogger logger, string clientId, string address, int connects, int seconds, int banSeconds);

    [LoggerMessage(306, LogLevel.Information, "{Verb} a connection from {Address} before it said anything: {Reason}")]
    internal static partial void Closed(ILogger logger, string verb, string address, string reason);
}
