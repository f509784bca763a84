namespace Godwit.Server.Security.Authentication.Sql;

/// <summary>Of a database with users and rights.</summary>
public sealed class DatabaseSettings
{
    /// <summary>The query for the hash when none is given.</summary>
    public const string DefaultUserQuery = "SELECT password_hash FROM mqtt_users WHERE username = @username";

    /// <summary>How to reach it, in Npgsql's words, without a password: <c>Host=db;Database=mqtt;Username=godwit</c>.</summary>
    public string? Connection { get; set; }

    /// <summary>A file whose first line is the password; null: none is needed, or the environment's PGPASSWORD counts.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// Its first column is the hash, in one of the forms of a password file; a second one, if there is one, the groups, an array of text.
    /// No row: unknown here. <c>@username</c> stands for the user name.
    /// </summary>
    public string UserQuery { get; set; } = DefaultUserQuery;

    /// <summary>
    /// Its rows are the rights: a Topic Filter, and <c>publish</c>, <c>subscribe</c> or <c>all</c>. <c>@username</c> stands for the user name. Null: the
    /// database names no rights.
    /// </summary>
    public string? RightsQuery { get; set; }

    /// <summary>Time for the queries of one login, in milliseconds.</summary>
    public int TimeLimitMs { get; set; } = 3_000;

    /// <summary>Connections to the database.</summary>
    public int ConnectionsMax { get; set; } = 8;
}
