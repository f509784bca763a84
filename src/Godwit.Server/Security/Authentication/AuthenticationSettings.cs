using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Security.Authentication.Sql;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication;

/// <summary>The section <c>Authentication</c>: who may connect.</summary>
public sealed class AuthenticationSettings
{
    /// <summary>The short way to one password file: a source that is asked first.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The user name is the client identifier, on listeners that name no chain.</summary>
    public bool UserNameAsClientId { get; set; }

    /// <summary>Weak hashes of password files are replaced when their users log in.</summary>
    public bool Rehash { get; set; }

    /// <summary>Threads that hash passwords; 0: half of the processors.</summary>
    public int HashWorkers { get; set; }

    /// <summary>Logins that wait for one of them.</summary>
    public int HashQueueMax { get; set; } = 4_096;

    /// <summary>Verified logins that are remembered for each source; 0: none.</summary>
    public int CacheEntriesMax { get; set; } = 100_000;

    /// <summary>Failed logins of an address or a user in a minute, before the next ones have to wait; 0: never.</summary>
    public int FailuresMax { get; set; } = 5;

    /// <summary>The longest time that a login has to wait after failures, in milliseconds.</summary>
    public int FailureDelayMsMax { get; set; } = 30_000;

    /// <summary>A login that had to wait longer is refused at once; in milliseconds.</summary>
    public int WaitMsMax { get; set; } = 5_000;

    /// <summary>Logins that wait after failures.</summary>
    public int WaitingMax { get; set; } = 1_000;

    /// <summary>Time for one login, all sources together, in milliseconds.</summary>
    public int TimeLimitMs { get; set; } = 10_000;

    /// <summary>Where users are looked for, in this order.</summary>
    public IList<SourceSettings> Sources { get; } = [];

    /// <summary>Other selections of sources, for listeners.</summary>
    public IList<ChainSettings> Chains { get; } = [];

    /// <summary>One's own sources: asked after <see cref="Sources"/>, and by their names in <see cref="Chains"/>. No keys of the configuration.</summary>
    public IList<IAuthenticator> Own { get; } = [];

    /// <summary>Makes a source of passwords from a name, settings, and the password of the database. Null: this program was built without one.</summary>
    public Func<string, DatabaseSettings, string?, ILogger, IPasswordSource>? Database { get; set; }
}
