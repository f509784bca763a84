using Godwit.Broker.Shards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>
/// Every line the server logs, with its stable event id. Text from the network is escaped by the caller (<see cref="Printable"/>).
/// </summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "started: {Shards} shards, transport {Transport}, durability: {Durability}")]
    internal static partial void Started(ILogger logger, int shards, string transport, string durability);

    [LoggerMessage(2, LogLevel.Information, "stopping: {Reason}")]
    internal static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Information, "stopped")]
    internal static partial void Stopped(ILogger logger);

    [LoggerMessage(4, LogLevel.Critical, "a shard or listener failed; the broker stops rather than deliver wrongly")]
    internal static partial void Broken(ILogger logger, Exception fault);

    [LoggerMessage(5, LogLevel.Warning, "a shard did not stop in time")]
    internal static partial void StopTimeout(ILogger logger);

    [LoggerMessage(6, LogLevel.Warning, "data directory {Directory} can be read by others; chmod 700 it")]
    internal static partial void DataDirectoryOpen(ILogger logger, string directory);

    [LoggerMessage(9, LogLevel.Debug, "connection from {Address} on port {Port}")]
    internal static partial void Accepted(ILogger logger, string address, int port);

    [LoggerMessage(10, LogLevel.Debug, "connect \"{ClientId}\" from {Address}: MQTT {Version}, keep-alive {KeepAlive} s, clean {Clean}, session {Session}")]
    internal static partial void Connected(ILogger logger, string clientId, string address, string version, int keepAlive, string clean, string session);

    [LoggerMessage(32, LogLevel.Debug, "connect \"{ClientId}\" as user \"{UserName}\" from {Address}: MQTT {Version}, keep-alive {KeepAlive} s, clean {Clean}, session {Session}")]
    internal static partial void ConnectedAs(
        ILogger logger, string clientId, string userName, string address, string version, int keepAlive, string clean, string session);

    [LoggerMessage(11, LogLevel.Debug, "disconnect \"{ClientId}\" from {Address}: {Reason} ({Cause})")]
    internal static partial void Disconnected(ILogger logger, string clientId, string address, string reason, CloseReason cause);

    [LoggerMessage(12, LogLevel.Debug, "refused CONNECT of \"{ClientId}\" from {Address}: 0x{Code:X2} {Reason}")]
    internal static partial void ConnectRefused(ILogger logger, string clientId, string address, byte code, string reason);

    [LoggerMessage(13, LogLevel.Debug, "refused {Packet} of \"{ClientId}\" from {Address}: {Error} [{Statement}], 0x{Code:X2} {Reason}")]
    internal static partial void PacketRefused(
        ILogger logger, string packet, string clientId, string address, string error, string statement, byte code, string reason);

    [LoggerMessage(14, LogLevel.Debug, "subscribe \"{ClientId}\": \"{TopicFilter}\" {Answer}")]
    internal static partial void Subscribed(ILogger logger, string clientId, string topicFilter, string answer);

    [LoggerMessage(46, LogLevel.Debug, "unsubscribe \"{ClientId}\": \"{TopicFilter}\" {Answer}")]
    internal static partial void Unsubscribed(ILogger logger, string clientId, string topicFilter, string answer);

    [LoggerMessage(15, LogLevel.Debug, "refused {Packet} of a new connection from {Address}: {Error}, 0x{Code:X2} {Reason}")]
    internal static partial void HandshakeRefused(ILogger logger, string packet, string address, string error, byte code, string reason);

    [LoggerMessage(16, LogLevel.Debug, "closed {Address}: no complete CONNECT in time")]
    internal static partial void ConnectTimeout(ILogger logger, string address);

    [LoggerMessage(17, LogLevel.Debug, "closed {Address}: Limits:HalfOpenMax={Limit} connections have not sent CONNECT yet")]
    internal static partial void HalfOpenRefused(ILogger logger, string address, int limit);

    [LoggerMessage(18, LogLevel.Warning, "cannot accept connections: {Reason}; trying again (raise the limit with ulimit -n)")]
    internal static partial void CannotAccept(ILogger logger, string reason);

    [LoggerMessage(19, LogLevel.Debug, "closed {Address}: incomplete CONNECTs hold more than Limits:HalfOpenBytesMax={Limit} bytes")]
    internal static partial void HalfOpenBytesRefused(ILogger logger, string address, long limit);

    [LoggerMessage(20, LogLevel.Error, "fault while handling \"{ClientId}\" from {Address}; this connection is closed")]
    internal static partial void ConnectionFault(ILogger logger, string clientId, string address, Exception fault);

    [LoggerMessage(21, LogLevel.Error, "fault while handling the CONNECT from {Address}; this connection is closed")]
    internal static partial void HandshakeFault(ILogger logger, string address, Exception fault);

    [LoggerMessage(22, LogLevel.Information, "state of {Directory}: {Sessions} sessions, {Subscriptions} subscriptions, {Retained} retained messages, {Queued} queued, read in {Milliseconds} ms")]
    internal static partial void StateRead(ILogger logger, string directory, long sessions, int subscriptions, int retained, long queued, long milliseconds);

    [LoggerMessage(23, LogLevel.Warning, "state of {Directory}: {Finding}")]
    internal static partial void StateFinding(ILogger logger, string directory, string finding);

    [LoggerMessage(24, LogLevel.Error, "state of {Directory} was damaged: {Damage}")]
    internal static partial void StateDamaged(ILogger logger, string directory, string damage);

    [LoggerMessage(25, LogLevel.Warning, "store: {Health}: {Reason}")]
    internal static partial void StoreHealth(ILogger logger, string health, string reason);

    [LoggerMessage(26, LogLevel.Warning, "store: {Alarm}")]
    internal static partial void StoreAlarm(ILogger logger, string alarm);

    [LoggerMessage(27, LogLevel.Critical, "store: {Reason}; nothing more is acknowledged, the broker stops. Restart it when the disk is well: what was acknowledged is there")]
    internal static partial void StoreFailed(ILogger logger, string reason);

    [LoggerMessage(28, LogLevel.Information, "backup to {Destination}: begun")]
    internal static partial void BackupBegun(ILogger logger, string destination);

    [LoggerMessage(29, LogLevel.Information, "backup to {Destination}: complete")]
    internal static partial void BackupComplete(ILogger logger, string destination);

    [LoggerMessage(36, LogLevel.Warning, "backup to {Destination}: failed: {Reason}")]
    internal static partial void BackupFailed(ILogger logger, string destination, string reason);

    [LoggerMessage(37, LogLevel.Error, "state of {Directory} is damaged: {Damage}. Nothing was changed; see to the disk (godwit store verify {Directory})")]
    internal static partial void ScrubDamage(ILogger logger, string directory, string damage);

    [LoggerMessage(38, LogLevel.Information, "scrub: {Segments} segments, {Bytes} bytes in {Milliseconds} ms, {Damaged} damaged ranges, {Unread} segments could not be opened")]
    internal static partial void ScrubRound(ILogger logger, int segments, long bytes, long milliseconds, int damaged, int unread);

    [LoggerMessage(39, LogLevel.Error, "the scrub has ended; the broker goes on without it")]
    internal static partial void ScrubBroken(ILogger logger, Exception fault);

    [LoggerMessage(40, LogLevel.Information, "refused CONNECT of \"{ClientId}\" as user \"{UserName}\" from {Address}, 0x{Code:X2}: {Reason}")]
    internal static partial void AuthenticationRefused(ILogger logger, string clientId, string userName, string address, byte code, string reason);

    [LoggerMessage(41, LogLevel.Information, "denied publish to \"{Topic}\", QoS {QoS}, retain {Retain}, by \"{ClientId}\" as user \"{UserName}\" from {Address}: {Rule}")]
    internal static partial void PublishDenied(
        ILogger logger, string topic, byte qoS, bool retain, string clientId, string userName, string address, string rule);

    [LoggerMessage(42, LogLevel.Information, "denied subscribe to \"{TopicFilter}\" by \"{ClientId}\" as user \"{UserName}\" from {Address}: {Rule}")]
    internal static partial void SubscribeDenied(
        ILogger logger, string topicFilter, string clientId, string userName, string address, string rule);

    [LoggerMessage(44, LogLevel.Information, "denied the will to \"{Topic}\", QoS {QoS}, retain {Retain}, of \"{ClientId}\" as user \"{UserName}\": {Rule}")]
    internal static partial void WillDenied(ILogger logger, string topic, byte qoS, bool retain, string clientId, string userName, string rule);

    [LoggerMessage(43, LogLevel.Information, "{Count} more lines like the last about {Subject} were not written")]
    internal static partial void NotWritten(ILogger logger, long count, string subject);

    [LoggerMessage(30, LogLevel.Information, "not delivered in the last minute: {Drops}")]
    internal static partial void Drops(ILogger logger, string drops);

    [LoggerMessage(31, LogLevel.Information, "counters: {Counters}")]
    internal static partial void Counters(ILogger logger, string counters);
}
