using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Security.Authentication.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Godwit.Postgres;

/// <summary>
/// Users, groups and rights in a PostgreSQL database, by the queries of the configuration. Connections are pooled and made when they are needed;
/// a database that does not answer is an exception, which is a refusal. Any thread.
/// </summary>
public sealed class PostgresUsers : IPasswordSource, IDisposable
{
    private const string UserNameParameter = "username";

    private readonly DatabaseSettings _settings;
    private readonly ILogger _logger;
    private readonly NpgsqlDataSource _database;

    private PostgresUsers(string name, DatabaseSettings settings, NpgsqlDataSource database, ILogger logger) =>
        (Name, _settings, _database, _logger) = (name, settings, database, logger);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <summary>Makes a source; it does not connect yet, so that a broker starts before its database.</summary>
    /// <param name="name">Its name in the configuration.</param>
    /// <param name="settings">How to reach the database, and what to ask.</param>
    /// <param name="password">Of the database; null: none is needed.</param>
    /// <param name="logger">For rows that cannot be used.</param>
    /// <exception cref="AuthenticationFileException">The words of the connection cannot be understood.</exception>
    public static PostgresUsers Create(string name, DatabaseSettings settings, string? password, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var database = PostgresConnections.TryCreate(settings.Connection, settings.ConnectionsMax, settings.TimeLimitMs, password)
            ?? throw new AuthenticationFileException([$"Authentication:Sources: the source '{name}': Postgres:Connection is not understood; it is Host=...;Database=...;Username=..."]);
        return new PostgresUsers(name, settings, database, logger);
    }

    /// <inheritdoc/>
    public async ValueTask<PasswordUser?> FindAsync(string userName, CancellationToken cancellation)
    {
        if (userName.Contains('\0', StringComparison.Ordinal))
        {
            return null;            // PostgreSQL knows no such text
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_settings.TimeLimitMs);
        try
        {
            var connection = await _database.OpenConnectionAsync(limit.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await FindAsync(connection, userName, limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("the database does not answer in time", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private async ValueTask<PasswordUser?> FindAsync(NpgsqlConnection connection, string userName, CancellationToken cancellation)
    {
        string text;
        string[] groups;
        var command = Command(connection, _settings.UserQuery, userName);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync(cancellation).ConfigureAwait(false) || await reader.IsDBNullAsync(0, cancellation).ConfigureAwait(false))
                {
                    return null;
                }

                text = reader.GetString(0);
                groups = reader.FieldCount > 1 && !await reader.IsDBNullAsync(1, cancellation).ConfigureAwait(false)
                    ? await reader.GetFieldValueAsync<string[]>(1, cancellation).ConfigureAwait(false)
                    : [];
            }
        }

        if (!PasswordHash.TryParse(text, out var hash, out var error))
        {
            PostgresLog.HashNotRead(_logger, Name, error);
            throw new FormatException("the hash of the user cannot be read");
        }

        return new PasswordUser(hash, groups, await RightsAsync(connection, userName, cancellation).ConfigureAwait(false));
    }

    private async ValueTask<TopicRights?> RightsAsync(NpgsqlConnection connection, string userName, CancellationToken cancellation)
    {
        if (_settings.RightsQuery is null)
        {
            return null;
        }

        var publish = new List<string>();
        var subscribe = new List<string>();
        var command = Command(connection, _settings.RightsQuery, userName);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    Add(reader.GetString(0), reader.GetString(1), publish, subscribe);
                }
            }
        }

        if (TopicRights.TryCreate(publish, subscribe, out var rights, out var error))
        {
            return rights;
        }

        PostgresLog.RightsNotRead(_logger, Name, error);
        throw new FormatException("the rights of the user cannot be read");
    }

    private void Add(string filter, string action, List<string> publish, List<string> subscribe)
    {
        if (action is not ("publish" or "subscribe" or "all"))
        {
            PostgresLog.RightsNotRead(_logger, Name, "an action is not publish, subscribe or all");
            throw new FormatException("the rights of the user cannot be read");
        }

        if (action is "publish" or "all")
        {
            publish.Add(filter);
        }

        if (action is "subscribe" or "all")
        {
            subscribe.Add(filter);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string query, string userName)
    {
#pragma warning disable CA2100          // the query is the administrator's; the user name is a parameter
        var command = new NpgsqlCommand(query, connection);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter<string>(UserNameParameter, userName));
        return command;
    }
}
