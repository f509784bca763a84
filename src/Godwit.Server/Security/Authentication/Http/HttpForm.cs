namespace Godwit.Server.Security.Authentication.Http;

/// <summary>How a question is written.</summary>
public enum HttpForm
{
    /// <summary><c>application/json</c>: one object.</summary>
    Json,

    /// <summary><c>application/x-www-form-urlencoded</c>, as go-auth and EMQX send.</summary>
    Form,
}
