using Godwit.Server.Configuration;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Http;

namespace Godwit.Server.Security.Authorization;

/// <summary>The keys of the section <c>Acl</c> about sources that have to be waited for. All of them hold after a reload.</summary>
public static class AuthorizationKeys
{
    private const bool Hot = true;
    private const string Http = nameof(AuthorizationSettings.Http);
    private const string Postgres = nameof(AuthorizationSettings.Postgres);

    private static readonly KeyType<long> Count = KeyTypes.Number("", 0, 10_000_000);
    private static readonly KeyType<long> Some = KeyTypes.Number("", 1, 10_000_000);
    private static readonly KeyType<long> Milliseconds = KeyTypes.Number("milliseconds", 1, 3_600_000);
    private static readonly KeyType<long> Seconds = KeyTypes.Number("seconds", 0, 31_536_000);

    /// <summary>All of them.</summary>
    public static KeyTable<AuthorizationSettings> All { get; } = new()
    {
        { $"{Http}:{nameof(HttpSettings.Url)}", AuthenticationKeys.Url, s => s.Http.Url, (s, v) => s.Http.Url = v, Hot, "", "Where topics are asked about, by POST, when no rule decides.", null, SecretPart.OfUrl("Write it to a file and name that with TokenFile beside it") },
        { $"{Http}:{nameof(HttpSettings.Form)}", KeyTypes.Choice<HttpForm>(), s => s.Http.Form, (s, v) => s.Http.Form = v, Hot, "", "How the question is written: a JSON object, or a form." },
        { $"{Http}:{nameof(HttpSettings.TokenFile)}", KeyTypes.File, s => s.Http.TokenFile, (s, v) => s.Http.TokenFile = v, Hot, "", "A file whose first line is sent as Authorization: Bearer." },
        { $"{Http}:{nameof(HttpSettings.TimeLimitMs)}", Milliseconds, s => s.Http.TimeLimitMs, (s, v) => s.Http.TimeLimitMs = (int)v, Hot, "", "Time for one question. Later: denied. Limits:AskTimeoutMs holds for all sources together." },
        { $"{Http}:{nameof(HttpSettings.ConcurrentMax)}", Some, s => s.Http.ConcurrentMax, (s, v) => s.Http.ConcurrentMax = (int)v, Hot, "", "Questions at the same time. Sixteen times as many wait; beyond: denied." },
        { $"{Http}:{nameof(HttpSettings.BreakAfter)}", Count, s => s.Http.BreakAfter, (s, v) => s.Http.BreakAfter = (int)v, Hot, "", "Failures in a row after which the service is left alone, and what needs its answer is denied at once; 0 is never." },
        { $"{Http}:{nameof(HttpSettings.BreakMs)}", Milliseconds, s => s.Http.BreakMs, (s, v) => s.Http.BreakMs = (int)v, Hot, "", "How long it is left alone." },
        { $"{Postgres}:{nameof(TopicDatabaseSettings.Connection)}", KeyTypes.TextOf("words of Npgsql", _ => null), s => s.Postgres.Connection, (s, v) => s.Postgres.Connection = v, Hot, "", "A database that is asked about topics, after Http; e.g. Host=db;Database=mqtt;Username=godwit;SSL Mode=VerifyFull.", null, SecretPart.OfConnection },
        { $"{Postgres}:{nameof(TopicDatabaseSettings.PasswordFile)}", KeyTypes.File, s => s.Postgres.PasswordFile, (s, v) => s.Postgres.PasswordFile = v, Hot, "", "A file whose first line is the password of the database." },
        { $"{Postgres}:{nameof(TopicDatabaseSettings.Query)}", KeyTypes.Text, s => s.Postgres.Query, (s, v) => s.Postgres.Query = v!, Hot, "", "Its rows are asked in their order: a Topic Filter with %u and %c, then, if wanted, publish, subscribe or all, and allow or deny. Or one boolean, which is the answer. @username, @clientid, @topic, @action and @address stand for what is asked." },
        { $"{Postgres}:{nameof(TopicDatabaseSettings.TimeLimitMs)}", Milliseconds, s => s.Postgres.TimeLimitMs, (s, v) => s.Postgres.TimeLimitMs = (int)v, Hot, "", "Time for one question. Later: denied." },
        { $"{Postgres}:{nameof(TopicDatabaseSettings.ConnectionsMax)}", KeyTypes.Number("connections", 1, 1_000), s => s.Postgres.ConnectionsMax, (s, v) => s.Postgres.ConnectionsMax = (int)v, Hot, "", "Connections to the database." },
        { nameof(AuthorizationSettings.CacheSeconds), Seconds, s => s.CacheSeconds, (s, v) => s.CacheSeconds = (int)v, Hot, "", "How long a yes of a source holds; 0: each PUBLISH is asked about." },
        { nameof(AuthorizationSettings.CacheDeniedSeconds), Seconds, s => s.CacheDeniedSeconds, (s, v) => s.CacheDeniedSeconds = (int)v, Hot, "", "How long a no of a source holds. A failure never does." },
        { nameof(AuthorizationSettings.CacheEntriesMax), Some, s => s.CacheEntriesMax, (s, v) => s.CacheEntriesMax = (int)v, Hot, "", "Topics, and as many filters, of one client about which answers are remembered. Beyond: topics are asked about again; a further filter is refused." },
        { nameof(AuthorizationSettings.CacheClientsMax), Some, s => s.CacheClientsMax, (s, v) => s.CacheClientsMax = (int)v, Hot, "", "Clients about which answers are remembered when they have gone." },
    };
}
