using Npgsql;

namespace Godwit.Postgres;

/// <summary>Makes pools of connections.</summary>
internal static class PostgresConnections
{
    /// <summary>Makes a pool; it does not connect yet, so that a broker starts before its database.</summary>
    /// <param name="connection">Words of Npgsql.</param>
    /// <param name="connectionsMax">Connections.</param>
    /// <param name="timeLimitMs">To connect, and for a query.</param>
    /// <param name="password">Null: none is needed.</param>
    /// <returns>Null: the words cannot be understood. The message of the exception would repeat some, among which a password may stand.</returns>
    internal static NpgsqlDataSource? TryCreate(string? connection, int connectionsMax, int timeLimitMs, string? password)
    {
        try
        {
            var words = new NpgsqlConnectionStringBuilder(connection)
            {
                MaxPoolSize = connectionsMax,
                Timeout = Math.Max(1, timeLimitMs / 1_000),
                CommandTimeout = Math.Max(1, timeLimitMs / 1_000),
                PersistSecurityInfo = false,
            };
            if (password is not null)
            {
                words.Password = password;
            }

            var builder = new NpgsqlSlimDataSourceBuilder(words.ConnectionString);
            builder.EnableTransportSecurity();
            builder.EnableArrays();
            return builder.Build();
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
