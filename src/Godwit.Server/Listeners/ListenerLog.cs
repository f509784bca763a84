using Microsoft.Extensions.Logging;

namespace Godwit.Server.Listeners;

/// <summary>Lines about listeners and their certificates. Text from the network is escaped by the caller.</summary>
internal static partial class ListenerLog
{
    [LoggerMessage(100, LogLevel.Debug, "closed {Address} on {Listener}: {Reason}")]
    internal static partial void Refused(ILogger logger, string address, string listener, string reason);

    [LoggerMessage(101, LogLevel.Debug, "closed {Address} on {Listener}: TLS failed: {Reason}")]
    internal static partial void TlsFailed(ILogger logger, string address, string listener, string reason);

    [LoggerMessage(102, LogLevel.Information, "certificates of {Listener}: read anew, {Summary}")]
    internal static partial void CertificatesRead(ILogger logger, string listener, string summary);

    [LoggerMessage(103, LogLevel.Error, "certificates of {Listener} cannot be read anew, those from before stay in use: {Reason}")]
    internal static partial void CertificatesBad(ILogger logger, string listener, string reason);

    [LoggerMessage(104, LogLevel.Warning, "certificates of {Listener}: {Subject} ends on {End}, in {Days} days")]
    internal static partial void CertificateEnds(ILogger logger, string listener, string subject, string end, int days);

    [LoggerMessage(105, LogLevel.Error, "certificates of {Listener}: {Subject} has ended on {End}; clients refuse it")]
    internal static partial void CertificateEnded(ILogger logger, string listener, string subject, string end);

    [LoggerMessage(106, LogLevel.Warning, "{Listener}: KeyFile {Path} can be read by others; chmod 600 it")]
    internal static partial void KeyOpen(ILogger logger, string listener, string path);

    [LoggerMessage(107, LogLevel.Error, "{Listener} has given its place away for a reload that has failed, and cannot have it back: {Reason}")]
    internal static partial void CannotOpenAgain(ILogger logger, string listener, string reason);

    [LoggerMessage(108, LogLevel.Warning, "{Listener}: {Warning}")]
    internal static partial void Warning(ILogger logger, string listener, string warning);

    [LoggerMessage(109, LogLevel.Debug, "{Address} on {Listener} offers no subprotocol of MQTT")]
    internal static partial void NoSubprotocol(ILogger logger, string address, string listener);

    [LoggerMessage(110, LogLevel.Debug, "closed {Address} on {Listener}: HTTP {Status}: {Reason}")]
    internal static partial void WebSocketRefused(ILogger logger, string address, string listener, int status, string reason);
}
