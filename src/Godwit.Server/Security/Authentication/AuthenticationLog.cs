using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication;

/// <summary>Lines of authentication, with stable event ids from 200 on. Names from the network are escaped by the caller; secrets never come here.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(200, LogLevel.Debug, "login of \"{ClientId}\" as \"{UserName}\" from {Address}: {Reason}")]
    internal static partial void Accepted(ILogger logger, string clientId, string userName, string address, string reason);

    [LoggerMessage(201, LogLevel.Information, "re-authentication of \"{ClientId}\" as \"{UserName}\" from {Address} refused, 0x{Code:X2}: {Reason}")]
    internal static partial void Refused(ILogger logger, string clientId, string userName, string address, byte code, string reason);

    [LoggerMessage(202, LogLevel.Information, "{Count} more re-authentications refused in the last second")]
    internal static partial void MoreRefused(ILogger logger, long count);

    [LoggerMessage(203, LogLevel.Warning, "authentication: {Source} cannot be asked ({Fault}); logins that need it are refused")]
    internal static partial void SourceFailed(ILogger logger, string source, string fault);

    [LoggerMessage(204, LogLevel.Warning, "{File} can be read by others; chmod 600 it")]
    internal static partial void FileOpenToOthers(ILogger logger, string file);

    [LoggerMessage(205, LogLevel.Error, "authentication stays as it was: {Error}")]
    internal static partial void ReloadFailed(ILogger logger, string error);

    [LoggerMessage(206, LogLevel.Information, "authentication was read again: {Chains}")]
    internal static partial void Reloaded(ILogger logger, string chains);

    [LoggerMessage(207, LogLevel.Warning, "{Finding}")]
    internal static partial void Finding(ILogger logger, string finding);

    [LoggerMessage(208, LogLevel.Debug, "authentication: {Source} has read {Count} keys")]
    internal static partial void KeysRead(ILogger logger, string source, int count);

    [LoggerMessage(209, LogLevel.Warning, "authentication: the keys of {Source} cannot be read: {Reason}; the last ones count for a day")]
    internal static partial void KeysNotRead(ILogger logger, string source, string reason);

    [LoggerMessage(212, LogLevel.Information, "{File}: {Count} weak hashes were replaced by strong ones")]
    internal static partial void Rehashed(ILogger logger, string file, int count);

    [LoggerMessage(213, LogLevel.Warning, "weak hashes stay until the file is read anew: {Error}")]
    internal static partial void NotRehashed(ILogger logger, string error);

    [LoggerMessage(210, LogLevel.Warning, "authentication: {Source} has failed: {Reason}; the login is refused")]
    internal static partial void ServiceFailed(ILogger logger, string source, string reason);

    [LoggerMessage(211, LogLevel.Error, "authentication: {Source} has failed again: {Reason}; it is left alone for {Milliseconds} ms, and logins that need it are refused")]
    internal static partial void ServiceLeftAlone(ILogger logger, string source, string reason, int milliseconds);
}
