namespace Godwit.Server.Security.Authentication;

/// <summary>An <see cref="IAuthenticator"/> that exchanges AUTH packets with the client (5.0 §4.12).</summary>
public interface IAuthenticationMethods : IAuthenticator
{
    /// <summary>Authentication Methods it can carry out, e.g. <c>SCRAM-SHA-256</c>.</summary>
    IReadOnlyList<string> Methods { get; }
}
