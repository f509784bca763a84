using Microsoft.Extensions.Logging;

namespace Godwit.Postgres;

/// <summary>Lines about the database, with stable event ids from 230 on.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(230, LogLevel.Warning, "authentication: {Source}: the hash of a user cannot be read: {Error}")]
    internal static partial void HashNotRead(ILogger logger, string source, string error);

    [LoggerMessage(232, LogLevel.Warning, "rights: {Source}: PostgreSQL refuses the query with SQLSTATE {SqlState}")]
    internal static partial void QueryFailed(ILogger logger, string source, string sqlState);

    [LoggerMessage(231, LogLevel.Warning, "authentication: {Source}: the rights of a user cannot be read: {Error}")]
    internal static partial void RightsNotRead(ILogger logger, string source, string error);
}
