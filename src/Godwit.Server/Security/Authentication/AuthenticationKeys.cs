using Godwit.Server.Configuration;
using Godwit.Server.Security.Authentication.Http;
using Godwit.Server.Security.Authentication.Tokens;

namespace Godwit.Server.Security.Authentication;

/// <summary>Every key of the section <c>Authentication</c>. All of them hold after a reload, for those who connect afterwards, unless said otherwise.</summary>
public static class AuthenticationKeys
{
    private const bool Hot = true;
    private const string Http = nameof(SourceSettings.Http);
    private const string Jwt = nameof(SourceSettings.Jwt);
    private const string Postgres = nameof(SourceSettings.Postgres);

    private static readonly KeyType<long> Count = KeyTypes.Number("", 0, 10_000_000);
    private static readonly KeyType<long> Some = KeyTypes.Number("", 1, 10_000_000);
    private static readonly KeyType<long> Milliseconds = KeyTypes.Number("milliseconds", 1, 3_600_000);
    private static readonly KeyType<long> Seconds = KeyTypes.Number("seconds", 0, 31_536_000);

    private static readonly KeyType<string?> Algorithm = KeyTypes.TextOf(
        "a name of RFC 7518", text => TokenAlgorithm.Find(text) is null ? $"takes {string.Join(", ", TokenAlgorithm.Names)}; '{text}' is none of them." : null);

    internal static readonly KeyType<string?> Url = KeyTypes.TextOf("an address, https:// (http:// for loopback only)", WrongUrl);

    /// <summary>The keys of the section itself.</summary>
    public static KeyTable<AuthenticationSettings> All { get; } = new()
    {
        { nameof(AuthenticationSettings.PasswordFile), KeyTypes.File, s => s.PasswordFile, (s, v) => s.PasswordFile = v, Hot, "password_file", "A password file in Mosquitto's format (godwit passwd), asked before Sources." },
        { nameof(AuthenticationSettings.UserNameAsClientId), KeyTypes.Flag, s => s.UserNameAsClientId, (s, v) => s.UserNameAsClientId = v, Hot, "use_username_as_clientid", "The user name is the client identifier, whatever the client sends as such. Who has no user name is refused." },
        { nameof(AuthenticationSettings.Rehash), KeyTypes.Flag, s => s.Rehash, (s, v) => s.Rehash = v, Hot, "", "Replace weak hashes of password files ($6$, and $7$ with fewer iterations than godwit passwd writes) when their users log in. The broker must be able to write the file and its folder." },
        { nameof(AuthenticationSettings.HashWorkers), KeyTypes.Number("threads", 0, 64), s => s.HashWorkers, (s, v) => s.HashWorkers = (int)v, Hot, "", "Threads that hash passwords; 0 is half of the processors." },
        { nameof(AuthenticationSettings.HashQueueMax), Some, s => s.HashQueueMax, (s, v) => s.HashQueueMax = (int)v, Hot, "", "Logins that wait for such a thread. Beyond: CONNACK 0x89 (3.x: 3). Addresses take turns, and each has at most 256." },
        { nameof(AuthenticationSettings.CacheEntriesMax), Count, s => s.CacheEntriesMax, (s, v) => s.CacheEntriesMax = (int)v, Hot, "", "Verified logins that each source remembers, so that a reconnect costs no hash; as digests with a key of this process. 0 is none." },
        { nameof(AuthenticationSettings.FailuresMax), Count, s => s.FailuresMax, (s, v) => s.FailuresMax = (int)v, Hot, "", "Failed logins of an address, or of a user, in a minute. From then on each login that is not a remembered one has to wait: 1 s, 2 s, 4 s ...; 0 is never." },
        { nameof(AuthenticationSettings.FailureDelayMsMax), Milliseconds, s => s.FailureDelayMsMax, (s, v) => s.FailureDelayMsMax = (int)v, Hot, "", "The longest time a login has to wait." },
        { nameof(AuthenticationSettings.WaitMsMax), Milliseconds, s => s.WaitMsMax, (s, v) => s.WaitMsMax = (int)v, Hot, "", "Who would have to wait longer is refused at once, CONNACK 0x9F (3.x: 3)." },
        { nameof(AuthenticationSettings.WaitingMax), Count, s => s.WaitingMax, (s, v) => s.WaitingMax = (int)v, Hot, "", "Logins that wait so. Beyond: the same refusal." },
        { nameof(AuthenticationSettings.TimeLimitMs), Milliseconds, s => s.TimeLimitMs, (s, v) => s.TimeLimitMs = (int)v, Hot, "", "Time for one login, all sources together. Later: CONNACK 0x88 (3.x: 3)." },
    };

    /// <summary>The keys of one element of Sources.</summary>
    public static KeyTable<SourceSettings> Source { get; } = new()
    {
        { nameof(SourceSettings.Name), KeyTypes.Text, s => s.Name, (s, v) => s.Name = v, Hot, "", "Chains and the log name it so; without: its kind." },
        { nameof(SourceSettings.Kind), KeyTypes.Choice<SourceKind>(), s => s.Kind, (s, v) => s.Kind = v, Hot, "", "What it is. Unproved: every user name counts, whatever the password, as in Mosquitto without a password file." },
        { nameof(SourceSettings.File), KeyTypes.File, s => s.File, (s, v) => s.File = v, Hot, "password_file", "PasswordFile, Scram: the file (godwit passwd, godwit passwd --scram)." },
        { $"{Jwt}:{nameof(TokenSettings.Algorithms)}", KeyTypes.List(Algorithm), s => s.Jwt.Algorithms, (s, v) => s.Jwt.Algorithms = v, Hot, "", "Algorithms that are accepted; needed, and best a single one. Its key must be of the kind that the algorithm takes." },
        { $"{Jwt}:{nameof(TokenSettings.KeyFile)}", KeyTypes.File, s => s.Jwt.KeyFile, (s, v) => s.Jwt.KeyFile = v, Hot, "", "The keys: a JWKS, or a public key or certificate in PEM." },
        { $"{Jwt}:{nameof(TokenSettings.KeyUrl)}", Url, s => s.Jwt.KeyUrl, (s, v) => s.Jwt.KeyUrl = v, Hot, "", "Where the keys are, as a JWKS.", null, SecretPart.OfUrl("Put the keys, which are public, into a file and name that with KeyFile beside it") },
        { $"{Jwt}:{nameof(TokenSettings.SecretFile)}", KeyTypes.File, s => s.Jwt.SecretFile, (s, v) => s.Jwt.SecretFile = v, Hot, "", "The key of HS256, HS384 and HS512; at least 32 bytes." },
        { $"{Jwt}:{nameof(TokenSettings.Issuer)}", KeyTypes.Text, s => s.Jwt.Issuer, (s, v) => s.Jwt.Issuer = v, Hot, "", "What the claim iss has to be." },
        { $"{Jwt}:{nameof(TokenSettings.Audience)}", KeyTypes.Text, s => s.Jwt.Audience, (s, v) => s.Jwt.Audience = v, Hot, "", "What the claim aud has to name." },
        { $"{Jwt}:{nameof(TokenSettings.UserClaim)}", KeyTypes.Text, s => s.Jwt.UserClaim, (s, v) => s.Jwt.UserClaim = v!, Hot, "", "The claim that is the user name." },
        { $"{Jwt}:{nameof(TokenSettings.GroupsClaim)}", KeyTypes.Text, s => s.Jwt.GroupsClaim, (s, v) => s.Jwt.GroupsClaim = v, Hot, "", "The claim with the groups: a list, or words with blanks between." },
        { $"{Jwt}:{nameof(TokenSettings.TopicsClaim)}", KeyTypes.Text, s => s.Jwt.TopicsClaim, (s, v) => s.Jwt.TopicsClaim = v, Hot, "", "The claim with the topics, an object with the lists publish and subscribe of Topic Filters; %u and %c stand for user name and client identifier. A token without it then names none." },
        { $"{Jwt}:{nameof(TokenSettings.MatchUserName)}", KeyTypes.Flag, s => s.Jwt.MatchUserName, (s, v) => s.Jwt.MatchUserName = v, Hot, "", "A user name in CONNECT must be that of the token." },
        { $"{Jwt}:{nameof(TokenSettings.AllowWithoutExpiry)}", KeyTypes.Flag, s => s.Jwt.AllowWithoutExpiry, (s, v) => s.Jwt.AllowWithoutExpiry = v, Hot, "", "Accept tokens that never expire." },
        { $"{Jwt}:{nameof(TokenSettings.LeewaySeconds)}", KeyTypes.Number("seconds", 0, 3_600), s => s.Jwt.LeewaySeconds, (s, v) => s.Jwt.LeewaySeconds = (int)v, Hot, "", "How far the clocks of issuer and broker may differ." },
        { $"{Jwt}:{nameof(TokenSettings.RefreshSeconds)}", KeyTypes.Number("seconds", 10, 86_400), s => s.Jwt.RefreshSeconds, (s, v) => s.Jwt.RefreshSeconds = (int)v, Hot, "", "Keys of KeyUrl are read again after this time, and earlier when a token names one that is not there." },
        { $"{Jwt}:{nameof(TokenSettings.TimeLimitMs)}", Milliseconds, s => s.Jwt.TimeLimitMs, (s, v) => s.Jwt.TimeLimitMs = (int)v, Hot, "", "Time to read keys from KeyUrl." },
        { $"{Http}:{nameof(HttpSettings.Url)}", Url, s => s.Http.Url, (s, v) => s.Http.Url = v, Hot, "", "Where logins are asked about, by POST.", null, SecretPart.OfUrl("Write it to a file and name that with TokenFile beside it") },
        { $"{Http}:{nameof(HttpSettings.Form)}", KeyTypes.Choice<HttpForm>(), s => s.Http.Form, (s, v) => s.Http.Form = v, Hot, "", "How the question is written: a JSON object, or a form." },
        { $"{Http}:{nameof(HttpSettings.TokenFile)}", KeyTypes.File, s => s.Http.TokenFile, (s, v) => s.Http.TokenFile = v, Hot, "", "A file whose first line is sent as Authorization: Bearer." },
        { $"{Http}:{nameof(HttpSettings.TimeLimitMs)}", Milliseconds, s => s.Http.TimeLimitMs, (s, v) => s.Http.TimeLimitMs = (int)v, Hot, "", "Time for one question. Later: refused." },
        { $"{Http}:{nameof(HttpSettings.ConcurrentMax)}", Some, s => s.Http.ConcurrentMax, (s, v) => s.Http.ConcurrentMax = (int)v, Hot, "", "Questions at the same time. Sixteen times as many wait; beyond: CONNACK 0x89 (3.x: 3)." },
        { $"{Http}:{nameof(HttpSettings.CacheSeconds)}", Seconds, s => s.Http.CacheSeconds, (s, v) => s.Http.CacheSeconds = (int)v, Hot, "", "How long a yes to the same login is remembered; 0 is not at all. A no never is." },
        { $"{Http}:{nameof(HttpSettings.CacheEntriesMax)}", Some, s => s.Http.CacheEntriesMax, (s, v) => s.Http.CacheEntriesMax = (int)v, Hot, "", "Answers that are remembered." },
        { $"{Http}:{nameof(HttpSettings.BreakAfter)}", Count, s => s.Http.BreakAfter, (s, v) => s.Http.BreakAfter = (int)v, Hot, "", "Failures in a row after which the service is left alone, and logins that need it are refused at once; 0 is never." },
        { $"{Http}:{nameof(HttpSettings.BreakMs)}", Milliseconds, s => s.Http.BreakMs, (s, v) => s.Http.BreakMs = (int)v, Hot, "", "How long it is left alone." },
        { $"{Postgres}:{nameof(Sql.DatabaseSettings.Connection)}", KeyTypes.TextOf("words of Npgsql", _ => null), s => s.Postgres.Connection, (s, v) => s.Postgres.Connection = v, Hot, "", "How to reach the database, e.g. Host=db;Database=mqtt;Username=godwit;SSL Mode=VerifyFull.", null, SecretPart.OfConnection },
        { $"{Postgres}:{nameof(Sql.DatabaseSettings.PasswordFile)}", KeyTypes.File, s => s.Postgres.PasswordFile, (s, v) => s.Postgres.PasswordFile = v, Hot, "", "A file whose first line is the password of the database." },
        { $"{Postgres}:{nameof(Sql.DatabaseSettings.UserQuery)}", KeyTypes.Text, s => s.Postgres.UserQuery, (s, v) => s.Postgres.UserQuery = v!, Hot, "", "Its first column is the hash, as in a password file; a second one may be the groups, an array of text. @username stands for the user name." },
        { $"{Postgres}:{nameof(Sql.DatabaseSettings.RightsQuery)}", KeyTypes.Text, s => s.Postgres.RightsQuery, (s, v) => s.Postgres.RightsQuery = v, Hot, "", "Its rows are the rights: a Topic Filter, and publish, subscribe or all. @username stands for the user name; %u and %c may stand in filters." },
        { $"{Postgres}:{nameof(Sql.DatabaseSettings.TimeLimitMs)}", Milliseconds, s => s.Postgres.TimeLimitMs, (s, v) => s.Postgres.TimeLimitMs = (int)v, Hot, "", "Time for the queries of one login. Later: refused." },
        { $"{Postgres}:{nameof(Sql.DatabaseSettings.ConnectionsMax)}", KeyTypes.Number("connections", 1, 1_000), s => s.Postgres.ConnectionsMax, (s, v) => s.Postgres.ConnectionsMax = (int)v, Hot, "", "Connections to the database." },
    };

    /// <summary>The keys of one element of Chains.</summary>
    public static KeyTable<ChainSettings> Chain { get; } = new()
    {
        { nameof(ChainSettings.Name), KeyTypes.Text, s => s.Name, (s, v) => s.Name = v, Hot, "", "Listeners name it with their key Authentication." },
        { nameof(ChainSettings.Sources), KeyTypes.List(KeyTypes.Text), s => s.Sources, (s, v) => s.Sources = v, Hot, "per_listener_settings", "Names of sources, in the order in which they are asked. None: everybody is anonymous." },
        { nameof(ChainSettings.UserNameAsClientId), KeyTypes.Flag, s => s.UserNameAsClientId, (s, v) => s.UserNameAsClientId = v, Hot, "use_username_as_clientid", "As the key of the section." },
    };

    private static string? WrongUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && (uri.Scheme is "https" || (uri.Scheme is "http" && uri.IsLoopback))
            ? null
            : "takes an address that begins with https:// (http:// for loopback only), without a user name.";
}
