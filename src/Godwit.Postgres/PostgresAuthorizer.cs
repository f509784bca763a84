using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Godwit.Postgres;

/// <summary>
/// Rights in a PostgreSQL database, by the query of the configuration: its rows are Topic Filters, or it answers with one boolean. A database that does
/// not answer is an exception, which is a no. Any thread.
/// </summary>
public sealed class PostgresAuthorizer : IAuthorizer, IDisposable
{
    private readonly TopicDatabaseSettings _settings;
    private readonly ILogger _logger;
    private readonly NpgsqlDataSource _database;

    private PostgresAuthorizer(string name, TopicDatabaseSettings settings, NpgsqlDataSource database, ILogger logger) =>
        (Name, _settings, _database, _logger) = (name, settings, database, logger);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Makes a source; it does not connect yet, so that a broker starts before its database.</summary>
    /// <param name="name">For the log.</param>
    /// <param name="settings">How to reach the database, and what to ask.</param>
    /// <param name="password">Of the database; null: none is needed.</param>
    /// <param name="logger">For what the database says of the query.</param>
    /// <exception cref="AuthenticationFileException">The words of the connection cannot be understood.</exception>
    public static PostgresAuthorizer Create(string name, TopicDatabaseSettings settings, string? password, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var database = PostgresConnections.TryCreate(settings.Connection, settings.ConnectionsMax, settings.TimeLimitMs, password)
            ?? throw new AuthenticationFileException(["Acl:Postgres:Connection is not understood; it is Host=...;Database=...;Username=..."]);
        return new PostgresAuthorizer(name, settings, database, logger);
    }

    /// <inheritdoc/>
    public async ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if ($"{request.UserName}{request.ClientId}{request.Topic}".Contains('\0', StringComparison.Ordinal))
        {
            return AuthorizationVerdict.Deny($"{Name}: PostgreSQL knows no such text");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_settings.TimeLimitMs);
        try
        {
            return await AskAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (PostgresException exception)
        {
            PostgresLog.QueryFailed(_logger, Name, exception.SqlState);
            throw;
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("the database does not answer in time", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private async ValueTask<AuthorizationVerdict> AskAsync(AuthorizationRequest request, CancellationToken cancellation)
    {
#pragma warning disable CA2100          // the query is the administrator's; everything else is a parameter
        var command = _database.CreateCommand(_settings.Query);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("username", NpgsqlTypes.NpgsqlDbType.Text, (object?)request.UserName ?? DBNull.Value);
            command.Parameters.AddWithValue("clientid", NpgsqlTypes.NpgsqlDbType.Text, request.ClientId);
            command.Parameters.AddWithValue("topic", NpgsqlTypes.NpgsqlDbType.Text, request.Topic);
            command.Parameters.AddWithValue("action", NpgsqlTypes.NpgsqlDbType.Text, request.ActionWord);
            command.Parameters.AddWithValue("address", NpgsqlTypes.NpgsqlDbType.Text, (object?)request.Address?.ToString() ?? DBNull.Value);
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await ReadAsync(reader, request, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<AuthorizationVerdict> ReadAsync(NpgsqlDataReader reader, AuthorizationRequest request, CancellationToken cancellation)
    {
        var rows = new List<(string Filter, string? Action, string? Permission)>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            if (reader.FieldCount == 1 && reader.GetFieldType(0) == typeof(bool))
            {
                return await reader.IsDBNullAsync(0, cancellation).ConfigureAwait(false) || !reader.GetBoolean(0)
                    ? AuthorizationVerdict.Deny($"{Name}: denied")
                    : AuthorizationVerdict.Allow($"{Name}: allowed");
            }

            rows.Add((reader.GetString(0), reader.FieldCount > 1 ? reader.GetString(1) : null, reader.FieldCount > 2 ? reader.GetString(2) : null));
        }

        return AuthorizationRows.Decide(rows, request, Name);
    }
}
