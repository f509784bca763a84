using Godwit.Server.Security.Authentication.Http;
using Godwit.Server.Security.Authentication.Sql;
using Godwit.Server.Security.Authentication.Tokens;

namespace Godwit.Server.Security.Authentication;

/// <summary>One source of users in the configuration; which members count depends on its kind.</summary>
public sealed class SourceSettings
{
    /// <summary>Chains and the log name it so; empty: its kind.</summary>
    public string? Name { get; set; }

    /// <summary>What it is.</summary>
    public SourceKind Kind { get; set; }

    /// <summary>The password file, or the file of SCRAM verifiers.</summary>
    public string? File { get; set; }

    /// <summary>Of a source of tokens.</summary>
    public TokenSettings Jwt { get; } = new();

    /// <summary>Of a source that is asked over HTTP.</summary>
    public HttpSettings Http { get; } = new();

    /// <summary>Of a database.</summary>
    public DatabaseSettings Postgres { get; } = new();

    /// <summary>How the log and chains name it.</summary>
    public string FullName => string.IsNullOrEmpty(Name) ? WordsOf(Kind) : Name;

    private static string WordsOf(SourceKind kind) => kind switch
    {
        SourceKind.PasswordFile => "password file",
        SourceKind.Scram => "scram",
        SourceKind.Jwt => "jwt",
        SourceKind.Http => "http",
        SourceKind.Postgres => "postgres",
        _ => "unproved",
    };
}
