using Godwit.Server.Logging;
using Godwit.Server.Security.Acl;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security;

/// <summary>Lines about rules.</summary>
internal static partial class SecurityLog
{
    /// <summary>Something that rules on trial would have denied.</summary>
    internal static void WouldDeny(ILogger logger, AclReport report) => WouldDeny(
        logger,
        report.Action.ToString().ToLowerInvariant(),
        Printable.Escape(report.Topic),
        Printable.Escape(report.ClientId),
        Printable.Escape(report.UserName ?? ""),
        report.Address?.ToString() ?? "",
        report.Reason);

    [LoggerMessage(156, LogLevel.Warning, "rights: {Source} has failed: {Reason}; what needs its answer is denied ({Hidden} such lines were not written)")]
    internal static partial void SourceFailed(ILogger logger, string source, string reason, long hidden);

    [LoggerMessage(155, LogLevel.Information, "would deny {Action} of \"{Topic}\" by \"{ClientId}\" as user \"{UserName}\" from {Address}: {Rule}")]
    private static partial void WouldDeny(ILogger logger, string action, string topic, string clientId, string userName, string address, string rule);
}
