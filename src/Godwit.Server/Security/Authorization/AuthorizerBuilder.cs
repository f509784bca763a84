using Godwit.Server.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authorization;

/// <summary>Makes the sources of rights that a configuration names.</summary>
internal static class AuthorizerBuilder
{
    private const string Http = "http";
    private const string Postgres = "postgres";

    /// <summary>The names of those that would be asked, in this order.</summary>
    internal static IReadOnlyList<string> Names(AuthorizationSettings settings) =>
    [
        .. settings.Http.Url is null ? (string[])[] : [Http],
        .. settings.Postgres.Connection is null ? (string[])[] : [Postgres],
        .. settings.Own.Select(source => source.Name),
    ];

    /// <summary>Makes them, in the order in which they are asked.</summary>
    /// <exception cref="AuthenticationFileException">Something cannot be used.</exception>
    internal static IAuthorizer[] Build(AuthorizationSettings settings, TimeProvider time, ILogger logger)
    {
        var sources = new List<IAuthorizer>();
        if (settings.Http.Url is not null)
        {
            var token = settings.Http.TokenFile is { } file ? SecretFile.ReadLine(file, "token") : null;
            sources.Add(new HttpAuthorizer(Http, settings.Http, token, time));
        }

        if (settings.Postgres.Connection is not null)
        {
            var make = settings.Database ?? throw new AuthenticationFileException(["Acl:Postgres:Connection needs PostgreSQL, which this program was built without"]);
            var password = settings.Postgres.PasswordFile is { } file ? SecretFile.ReadLine(file, "password") : null;
            sources.Add(make(Postgres, settings.Postgres, password, logger));
        }

        return [.. sources, .. settings.Own];
    }
}
