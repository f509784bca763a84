using Godwit.Server.Security.Authentication.Http;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authorization;

/// <summary>The part of the section <c>Acl</c> about sources that have to be waited for; they are asked where no rule decides.</summary>
public sealed class AuthorizationSettings
{
    /// <summary>A service that is asked first; without an address there is none. Its cache keys do not count: <see cref="CacheSeconds"/> does.</summary>
    public HttpSettings Http { get; } = new();

    /// <summary>A database that is asked next; without a connection there is none.</summary>
    public TopicDatabaseSettings Postgres { get; } = new();

    /// <summary>One's own sources, asked after the others. No keys of the configuration.</summary>
    public IList<IAuthorizer> Own { get; } = [];

    /// <summary>How long a yes holds, in seconds.</summary>
    public int CacheSeconds { get; set; } = 60;

    /// <summary>How long a no holds, in seconds.</summary>
    public int CacheDeniedSeconds { get; set; } = 10;

    /// <summary>Topics, and filters, of one client about which answers are remembered.</summary>
    public int CacheEntriesMax { get; set; } = 10_000;

    /// <summary>Clients that have gone and whose answers are remembered.</summary>
    public int CacheClientsMax { get; set; } = 10_000;

    /// <summary>Makes a source from a name, settings, and the password of the database. Null: this program was built without one.</summary>
    public Func<string, TopicDatabaseSettings, string?, ILogger, IAuthorizer>? Database { get; set; }

    /// <summary>Somebody is asked.</summary>
    public bool HasSources => Http.Url is not null || Postgres.Connection is not null || Own.Count > 0;
}
