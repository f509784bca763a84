namespace Godwit.Server.Security.Authorization;

/// <summary>Of a database that is asked about topics.</summary>
public sealed class TopicDatabaseSettings
{
    /// <summary>The query when none is given.</summary>
    public const string DefaultQuery = "SELECT filter, action FROM mqtt_rights WHERE username = @username";

    /// <summary>How to reach it, in Npgsql's words, without a password; null: there is none.</summary>
    public string? Connection { get; set; }

    /// <summary>A file whose first line is the password; null: none is needed, or the environment's PGPASSWORD counts.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// Its rows are asked in their order: a Topic Filter, then, if there are such columns, <c>publish</c>, <c>subscribe</c> or <c>all</c>, and
    /// <c>allow</c> or <c>deny</c>. One column that is a boolean is the answer itself. <c>@username</c>, <c>@clientid</c>, <c>@topic</c>,
    /// <c>@action</c> and <c>@address</c> stand for what is asked.
    /// </summary>
    public string Query { get; set; } = DefaultQuery;

    /// <summary>Time for one question, in milliseconds.</summary>
    public int TimeLimitMs { get; set; } = 3_000;

    /// <summary>Connections to the database.</summary>
    public int ConnectionsMax { get; set; } = 8;
}
